import { type AttemptLimits, DEFAULT_ATTEMPT_LIMITS } from './attempt-limits.js';
import { DEFAULT_ENROLMENT_POLICY, type EnrolmentPolicy } from './enrolment.js';
import { DEFAULT_PAD_THRESHOLDS, type PadThresholds } from './pad-thresholds.js';

/** How much a decision proves about presentation attacks; each level includes the ones before it. */
export const PAD_LEVELS = ['none', 'challenge', 'challenge_flash'] as const;
export type PadLevel = (typeof PAD_LEVELS)[number];

export const PURPOSES = ['enrolment', 'verification', 'liveness'] as const;
export type Purpose = (typeof PURPOSES)[number];

/** The thresholds a decision is taken by. A stored version never changes, so that a past decision can be explained. */
export interface Policy {
  /** 0 is the built-in default; a tenant's own versions start at 1. */
  readonly version: number;
  /** The PAD level an acceptance needs; `none` must be written explicitly and shows in every decision. */
  readonly requiredPadLevel: PadLevel;
  /** Least comparison score (cosine, −1…1) of a match. */
  readonly comparisonThreshold: number;
  /** Time between `start` and the begin of the submission, in seconds (1…60). */
  readonly submissionWindowSeconds: number;
  /** How many actions a challenge asks for (1…4). */
  readonly challengeLength: number;
  /** What an enrolment needs. */
  readonly enrolment: EnrolmentPolicy;
  /** Where the liveness gates draw their lines. */
  readonly pad: PadThresholds;
  /** How many verification attempts a subject has. */
  readonly attempts: AttemptLimits;
}

export const DEFAULT_POLICY: Policy = Object.freeze({
  version: 0,
  requiredPadLevel: 'challenge',
  comparisonThreshold: 0.55,
  submissionWindowSeconds: 60,
  challengeLength: 3,
  enrolment: DEFAULT_ENROLMENT_POLICY,
  pad: DEFAULT_PAD_THRESHOLDS,
  attempts: DEFAULT_ATTEMPT_LIMITS,
});

/** @throws RangeError on what is no level, so that a misspelt requirement is not met by everything */
export function reachesPadLevel(reached: PadLevel, required: PadLevel): boolean {
  return rank(reached) >= rank(required);
}

function rank(level: PadLevel): number {
  const index = PAD_LEVELS.indexOf(level);
  if (index < 0) throw new RangeError('Not a PAD level');
  return index;
}
