import { DEFAULT_ATTEMPT_LIMITS, type Verdict } from '#biometrics';
import { attemptBudget, type AttemptCounts, countAttempt, NO_ATTEMPTS } from './attempt-budget.js';

const LIMITS = DEFAULT_ATTEMPT_LIMITS;
const START = new Date('2026-11-25T09:00:00Z');
const at = (seconds: number) => new Date(START.getTime() + seconds * 1_000);
const REJECTED = { outcome: 'rejected', code: 'not_accepted' } as const;
const UNCLEAR = { outcome: 'inconclusive', code: 'capture_quality' } as const;
const OURS = { outcome: 'inconclusive', code: 'try_again' } as const;
const ACCEPTED = { outcome: 'accepted', code: 'accepted' } as const;

function after(
  verdicts: Pick<Verdict, 'outcome' | 'code'>[],
  from: AttemptCounts = NO_ATTEMPTS,
  now = START,
) {
  return verdicts.reduce((counts, verdict) => countAttempt(counts, verdict, LIMITS, now), from);
}
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
const waits = (counts: AttemptCounts, now = START) => {
  const { retryAt } = attemptBudget(counts, LIMITS, now);
  return retryAt && (retryAt.getTime() - now.getTime()) / 1_000;
};

it('counts failures and inconclusive attempts apart, and trouble of ours not at all', () => {
  const budget = attemptBudget(after([REJECTED, UNCLEAR, UNCLEAR, OURS, OURS, OURS]), LIMITS, START);
  expect(budget).toEqual({
    failuresLeft: 4,
    inconclusiveLeft: 8,
    consecutiveFailures: 1,
    disabled: false,
    retryAt: null,
  });
});

it.each([
  ['failures', 5, REJECTED],
  ['inconclusive attempts', 10, UNCLEAR],
])('admits no more %s than %i in a window, and again in the next', (_what, most, verdict) => {
  const almost = after(times(most - 1, verdict));
  expect(waits(almost)).toBeNull();
  const spent = after([verdict], almost, at(800));
  expect(waits(spent, at(800))).toBe(100);
  expect(waits(spent, at(899.999))).toBeGreaterThan(0);
  expect(waits(spent, at(900))).toBeNull();
});

it('begins the window with the first attempt that counts, not with one that was long ago', () => {
  const late = after([REJECTED], after([REJECTED, UNCLEAR]), at(1_000));
  expect(late).toMatchObject({ windowStartedAt: at(1_000), failures: 1, inconclusive: 0 });
  expect(late.consecutiveFailures).toBe(2);
});

it('asks for 30 s before each attempt after five failures in a row, in whatever window', () => {
  const sixth = after([REJECTED], after(times(5, REJECTED)), at(1_000));
  expect(attemptBudget(sixth, LIMITS, at(1_000)).failuresLeft).toBe(4);
  expect(waits(sixth, at(1_000))).toBe(30);
  expect(waits(sixth, at(1_030))).toBeNull();
  // Inconclusive attempts in between end no row of failures.
  expect(waits(after([UNCLEAR], sixth, at(1_040)), at(1_041))).toBeNull();
  expect(waits(after([UNCLEAR], sixth, at(1_001)), at(1_001))).toBe(29);
});

it('disables the face after 50 in a row: an hour, twice as long each time, a day at most, never for ever', () => {
  let counts: AttemptCounts = { ...NO_ATTEMPTS, consecutiveFailures: 49, lastFailureAt: START };
  let now = at(100_000);
  const hours: number[] = [];
  for (let i = 0; i < 8; i++) {
    counts = after([REJECTED], counts, now);
    const budget = attemptBudget(counts, LIMITS, now);
    expect(budget.disabled).toBe(true);
    hours.push((waits(counts, now) ?? 0) / 3_600);
    now = budget.retryAt as Date;
    expect(attemptBudget(counts, LIMITS, now)).toMatchObject({ disabled: false, retryAt: null });
  }
  expect(hours).toEqual([1, 2, 4, 8, 16, 24, 24, 24]);
});

it('forgets everything at an acceptance', () => {
  expect(after([ACCEPTED], after([...times(4, REJECTED), UNCLEAR]))).toEqual(NO_ATTEMPTS);
});

it('stays finite however many failures were counted', () => {
  const counts = { ...NO_ATTEMPTS, consecutiveFailures: 1_000_000, lastFailureAt: START };
  expect(waits(counts)).toBe(86_400);
});
