export {
  type CaptureVerdict,
  type ExtractionHalt,
  type FrameFinding,
  type FrameStatus,
  judgeCapture,
} from './capture-verdict.js';
export {
  type FaceQuality,
  type FaceSample,
  meanQuality,
  measureQuality,
  QUALITY_COMPONENTS,
  type QualityComponent,
} from './face-quality.js';
export {
  ENROLMENT_FLOORS,
  failedComponent,
  FRAME_FLOORS,
  type QualityFloors,
  VERIFICATION_FLOORS,
} from './quality-limits.js';
