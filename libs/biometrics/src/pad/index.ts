export { CALIBRATED_THRESHOLDS, CHALLENGE_SCORE, FLASH_SCORE } from './calibration/pad-calibration.data.js';
export { ACTIONS, drawChallenge, type Action } from './challenge.js';
export { measureConsistency, measureGroupConsistency } from './consistency.js';
export { crossCheckedFrames } from './cross-check.js';
export { type GamutCues, measureCues, measureGamut, type RiskCues } from './cues/index.js';
export { eyeAspectRatio, mouthAspectRatio } from './expression.js';
export * from './flash/index.js';
export { type FlowFindings, measureFlow } from './flow/index.js';
export { measureForeshortening } from './foreshortening.js';
export { type GrayImage, grayOf, type LivenessFrame, type LivenessFrames } from './frames.js';
export {
  type Gate,
  GATES,
  type GateState,
  isPerformed,
  judgeLiveness,
  type PadReason,
  type PadVerdict,
} from './gates.js';
export { type Box, landmarkBox } from './gray.js';
export { measureLiveness } from './measure-liveness.js';
export { type ActionMeasure, measureActions } from './performance.js';
export { measurePlanarity } from './planarity.js';
export {
  framesPrescribedFor,
  type FrameSlot,
  prescribedAction,
  prescribedSlots,
} from './prescribed-frames.js';
export { type Likeness, mostAlike, type Traces } from './replay/most-alike.js';
export { countNearDuplicates, hammingDistance } from './replay/near-duplicates.js';
export {
  createProjector,
  type Projection,
  PROJECTION_BITS,
  PROJECTION_KEY_BYTES,
  type Projector,
} from './replay/projection.js';
export {
  createTrajectoryHasher,
  TRAJECTORY_BYTES,
  TRAJECTORY_KEY_BYTES,
  trajectoryDistance,
  type TrajectoryHash,
  type TrajectoryHasher,
} from './replay/trajectory.js';
export * from './score/index.js';
export { type LivenessSignals, NUMERIC_SIGNALS } from './signals.js';
export { measureStillness } from './stillness.js';
