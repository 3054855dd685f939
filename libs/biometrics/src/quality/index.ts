export {
  type CaptureVerdict,
  type ExtractionHalt,
  type FrameFinding,
  type FrameStatus,
  judgeCapture,
} from './capture-verdict.js';
export {
  type FaceQuality,
  measureQuality,
  QUALITY_COMPONENTS,
  type QualityComponent,
} from './face-quality.js';
export { DEFAULT_QUALITY_LIMITS, failedComponent, type QualityLimits } from './quality-limits.js';
