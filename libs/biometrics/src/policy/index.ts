export { type AttemptLimits, DEFAULT_ATTEMPT_LIMITS } from './attempt-limits.js';
export { decide, type Evidence, type Verdict } from './decide.js';
export {
  DEFAULT_ENROLMENT_POLICY,
  DUPLICATE_CHECKS,
  DUPLICATE_RULES,
  type DuplicateCheck,
  type DuplicateRule,
  type EnrolmentEvidence,
  type EnrolmentPolicy,
  REFERENCE_BASES,
  REFERENCE_MODES,
  type ReferenceBasis,
  type ReferenceMode,
} from './enrolment.js';
export { DEFAULT_PAD_THRESHOLDS, type PadThresholds } from './pad-thresholds.js';
export {
  DEFAULT_POLICY,
  PAD_LEVELS,
  PURPOSES,
  reachesPadLevel,
  type PadLevel,
  type Policy,
  type Purpose,
} from './policy.js';
export { isBonaFide } from './bona-fide.js';
export { weakenings } from './weakening.js';
export {
  COARSE_CODES,
  isReason,
  meaningOf,
  OUTCOMES,
  REASONS,
  type CoarseCode,
  type Outcome,
  type Reason,
} from './reasons.js';
