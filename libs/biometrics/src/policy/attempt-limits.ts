/**
 * How many verification attempts a subject has. NIST SP 800-63B-4 §3.2.3 draws the upper bounds: without tested PAD five failures in a
 * row, from then on at least 30 s before each attempt, and 50 in a row before the face no longer counts as a factor.
 */
export interface AttemptLimits {
  /** Rejected attempts of one window; as many in a row also bring in the pause. */
  readonly failures: number;
  /** Inconclusive attempts of one window that were the capture's fault, not the platform's. */
  readonly inconclusive: number;
  /** A window begins with the first attempt that counts, in seconds. */
  readonly windowSeconds: number;
  /** Least time after a failure before the next attempt, once `failures` failed in a row: seconds. */
  readonly pauseSeconds: number;
  /** From this many failures in a row on the face is disabled as a factor. */
  readonly disableAfter: number;
  /** For how long at first, in seconds; each further failure doubles it, up to a day. */
  readonly disableSeconds: number;
}

export const DEFAULT_ATTEMPT_LIMITS: AttemptLimits = Object.freeze({
  failures: 5,
  inconclusive: 10,
  windowSeconds: 900,
  pauseSeconds: 30,
  disableAfter: 50,
  disableSeconds: 3_600,
});
