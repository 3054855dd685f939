import type { AttemptLimits, Verdict } from '#biometrics';

/** What is remembered of a subject's verification attempts. */
export interface AttemptCounts {
  /** When the running window began; null when nothing counts. */
  readonly windowStartedAt: Date | null;
  readonly failures: number;
  readonly inconclusive: number;
  /** Rejections since the last acceptance or reset, over all windows. */
  readonly consecutiveFailures: number;
  readonly lastFailureAt: Date | null;
}

/** What is left of the limits at one moment. */
export interface AttemptBudget {
  readonly failuresLeft: number;
  readonly inconclusiveLeft: number;
  readonly consecutiveFailures: number;
  /** Whether the face is disabled as a factor until `retryAt`, or until another factor was shown and the attempts are reset. */
  readonly disabled: boolean;
  /** When the next attempt is admitted; null when one is admitted now. */
  readonly retryAt: Date | null;
}

export const NO_ATTEMPTS: AttemptCounts = Object.freeze({
  windowStartedAt: null,
  failures: 0,
  inconclusive: 0,
  consecutiveFailures: 0,
  lastFailureAt: null,
});

/** Never longer, so that nobody is locked out for ever. */
const MOST_DISABLED_SECONDS = 86_400;

export function attemptBudget(counts: AttemptCounts, limits: AttemptLimits, now: Date): AttemptBudget {
  const { failures, inconclusive, windowStartedAt } = inWindow(counts, limits, now);
  const { consecutiveFailures, lastFailureAt } = counts;
  const spent = failures >= limits.failures || inconclusive >= limits.inconclusive;
  const after = (moment: Date | null, seconds: number) => (moment?.getTime() ?? 0) + seconds * 1_000;
  const paused = consecutiveFailures >= limits.failures;
  const beyond = consecutiveFailures - limits.disableAfter;
  const disabledUntil =
    beyond < 0
      ? 0
      : after(lastFailureAt, Math.min(MOST_DISABLED_SECONDS, limits.disableSeconds * 2 ** beyond));
  const retryAt = Math.max(
    spent ? after(windowStartedAt, limits.windowSeconds) : 0,
    paused ? after(lastFailureAt, limits.pauseSeconds) : 0,
    disabledUntil,
  );
  return {
    failuresLeft: Math.max(0, limits.failures - failures),
    inconclusiveLeft: Math.max(0, limits.inconclusive - inconclusive),
    consecutiveFailures,
    disabled: disabledUntil > now.getTime(),
    retryAt: retryAt > now.getTime() ? new Date(retryAt) : null,
  };
}

/** The counts after a decision. An acceptance clears them (NIST SP 800-63B-4 §3.2.2); trouble of ours (`try_again`) never counts. */
export function countAttempt(
  counts: AttemptCounts,
  { outcome, code }: Pick<Verdict, 'outcome' | 'code'>,
  limits: AttemptLimits,
  now: Date,
): AttemptCounts {
  if (outcome === 'accepted') return NO_ATTEMPTS;
  if (code === 'try_again') return counts;
  const window = inWindow(counts, limits, now);
  const counted = { ...counts, ...window, windowStartedAt: window.windowStartedAt ?? now };
  if (outcome === 'inconclusive') return { ...counted, inconclusive: window.inconclusive + 1 };
  return {
    ...counted,
    failures: window.failures + 1,
    consecutiveFailures: counts.consecutiveFailures + 1,
    lastFailureAt: now,
  };
}

/** What of the counts belongs to a window that still runs. */
function inWindow(
  { windowStartedAt, failures, inconclusive }: AttemptCounts,
  { windowSeconds }: AttemptLimits,
  now: Date,
): Pick<AttemptCounts, 'windowStartedAt' | 'failures' | 'inconclusive'> {
  const runs = windowStartedAt && windowStartedAt.getTime() + windowSeconds * 1_000 > now.getTime();
  return runs
    ? { windowStartedAt, failures, inconclusive }
    : { windowStartedAt: null, failures: 0, inconclusive: 0 };
}
