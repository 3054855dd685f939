export { type AttemptLimits, DEFAULT_ATTEMPT_LIMITS } from './attempt-limits.js';
export { decide, type Evidence, type Verdict } from './decide.js';
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
