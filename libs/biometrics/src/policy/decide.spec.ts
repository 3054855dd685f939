import {
  decide,
  DEFAULT_POLICY,
  type Evidence,
  isReason,
  meaningOf,
  PAD_LEVELS,
  type PadLevel,
  type Policy,
  reachesPadLevel,
  type Reason,
  REASONS,
} from './index.js';

const POLICY: Policy = { ...DEFAULT_POLICY, requiredPadLevel: 'challenge', comparisonThreshold: 0.5 };
const GENUINE: Evidence = {
  purpose: 'verification',
  incomplete: false,
  halt: null,
  padLevel: 'challenge',
  padReason: null,
  hasProbe: true,
  isEnrolled: true,
  score: 0.9,
};
const reasonOf = (changes: Partial<Evidence>, policy: Partial<Policy> = {}): Reason =>
  decide({ ...GENUINE, ...changes }, { ...POLICY, ...policy }).reason;

describe('the decision', () => {
  it.each<[Reason, Partial<Evidence>]>([
    ['accepted', {}],
    ['accepted', { score: 0.5 }],
    ['no_match', { score: 0.499 }],
    ['no_match', { score: -1 }],
    ['accepted', { purpose: 'enrolment', isEnrolled: false, score: null }],
    ['already_enrolled', { purpose: 'enrolment', isEnrolled: true, score: null }],
    ['accepted', { purpose: 'liveness', isEnrolled: false, score: null }],
    ['accepted', { padLevel: 'challenge_flash' }],
    ['pad_level_insufficient', { padLevel: 'none' }],
    ['processing_failed', { incomplete: true }],
    ['processing_failed', { incomplete: true, halt: 'presentation_attack' }],
    ['processing_failed', { hasProbe: false }],
    ['processing_failed', { score: null }],
    ['processing_failed', { isEnrolled: false }],
    ['processing_failed', { halt: 'accepted' }],
  ])('is %s for %o', (reason, changes) => {
    expect(reasonOf(changes)).toBe(reason);
  });

  it.each((Object.keys(REASONS) as Reason[]).filter((reason) => reason !== 'accepted'))(
    'passes a halt for %s on',
    (halt) => {
      const { outcome, code } = REASONS[halt];
      expect(decide({ ...GENUINE, halt }, POLICY)).toEqual({ outcome, code, reason: halt });
      expect(outcome).not.toBe('accepted');
    },
  );

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1.1, -1.1])('throws on the score %p', (score) => {
    expect(() => reasonOf({ score })).toThrow(RangeError);
  });

  it('throws on a threshold or a level that is none', () => {
    expect(() => reasonOf({}, { comparisonThreshold: Number.NaN })).toThrow(RangeError);
    expect(() => reasonOf({}, { requiredPadLevel: 'chalenge' as PadLevel })).toThrow(RangeError);
    expect(() => reasonOf({ padLevel: 'high' as PadLevel })).toThrow(RangeError);
  });

  it('accepts, over all combinations, only what is complete, bona fide at the level, and matches', () => {
    const either = [false, true];
    let accepted = 0;
    for (const purpose of ['enrolment', 'verification', 'liveness'] as const)
      for (const incomplete of either)
        for (const halt of [null, 'no_face', 'presentation_attack', 'accepted'] as const)
          for (const padLevel of PAD_LEVELS)
            for (const requiredPadLevel of PAD_LEVELS)
              for (const padReason of [null, 'presentation_attack', 'challenge_not_performed'] as const)
                for (const hasProbe of either)
                  for (const isEnrolled of either)
                    for (const score of [null, -0.2, 0.49, 0.5, 1]) {
                      const evidence: Evidence = {
                        purpose,
                        incomplete,
                        halt,
                        padLevel,
                        padReason,
                        hasProbe,
                        isEnrolled,
                        score,
                      };
                      const { outcome } = decide(evidence, { ...POLICY, requiredPadLevel });
                      const may =
                        !incomplete &&
                        halt === null &&
                        hasProbe &&
                        (padReason === null || requiredPadLevel === 'none') &&
                        PAD_LEVELS.indexOf(padLevel) >= PAD_LEVELS.indexOf(requiredPadLevel) &&
                        (purpose === 'liveness' ||
                          (purpose === 'enrolment' && !isEnrolled) ||
                          (purpose === 'verification' && isEnrolled && score !== null && score >= 0.5));
                      expect([evidence, outcome === 'accepted']).toEqual([evidence, may]);
                      if (may) accepted++;
                    }
    expect(accepted).toBeGreaterThan(0);
  });
});

describe('the reasons', () => {
  const CODES: Record<string, readonly string[]> = {
    accepted: ['accepted'],
    rejected: ['not_accepted'],
    inconclusive: ['capture_quality', 'challenge_incomplete', 'try_again'],
  };

  it.each(Object.entries(REASONS))('%s has a code that fits its outcome', (reason, { outcome, code }) => {
    expect(CODES[outcome]).toContain(code);
    expect(outcome === 'accepted').toBe(reason === 'accepted');
    expect(isReason(reason)).toBe(true);
  });

  it('guide whoever was not decided about, and never whoever was rejected', () => {
    for (const reason of Object.keys(REASONS) as Reason[]) {
      const { outcome, guidance } = meaningOf(reason);
      if (outcome === 'inconclusive') expect(guidance).toMatch(/^[A-Z].*\.$/);
      else expect(guidance).toBeUndefined();
    }
  });

  it('are no others, also none of an object', () => {
    for (const name of ['', 'constructor', '__proto__', 'toString', 'ACCEPTED'])
      expect(isReason(name)).toBe(false);
  });
});

it('by default an acceptance needs a challenge', () => {
  expect(DEFAULT_POLICY).toMatchObject({ requiredPadLevel: 'challenge', version: 0 });
  expect(reachesPadLevel('challenge', 'none')).toBe(true);
  expect(reachesPadLevel('none', 'challenge')).toBe(false);
  expect(reachesPadLevel('challenge', 'challenge_flash')).toBe(false);
});
