import {
  type ExtractionHalt,
  type FaceQuality,
  type FrameStatus,
  type HeadPose,
  type Template,
} from '#biometrics';

export type DetectorName = 'short' | 'back';

/** What was found in one frame. */
export interface FrameExtraction {
  readonly index: number;
  readonly status: FrameStatus;
  /** 478 × (x, y, z) in pixels of the decoded frame; `null` unless `status` is `ok`. */
  readonly landmarks: Float32Array | null;
  /** Size of the decoded frame in pixels; 0 when it is unreadable. */
  readonly width: number;
  readonly height: number;
  readonly pose: HeadPose | null;
  readonly quality: FaceQuality | null;
  /** Which detector found the face. */
  readonly detector: DetectorName | null;
}

export interface ExtractionTimings {
  readonly decode: number;
  readonly detect: number;
  readonly mesh: number;
  readonly template: number;
}

/** What was found in a capture. */
export interface ExtractionResult {
  readonly frames: readonly FrameExtraction[];
  /** Mean of the best frontal frames; `null` when the capture halts. */
  readonly template: Template | null;
  /** Least agreement of one frame's template with the others' (cosine); `null` when the capture halts. */
  readonly consistency: number | null;
  /** Least agreement of two groups of frames (cosine); `null` when the capture halts. */
  readonly groupConsistency: number | null;
  /** Indices of the frames the template was made of, best first. */
  readonly templateFrames: readonly number[];
  readonly halt: ExtractionHalt | null;
  /** Milliseconds spent in each step. */
  readonly timingsMs: ExtractionTimings;
}

/** What was found in one photograph of one person, taken by itself. */
export interface PhotographExtraction {
  readonly status: FrameStatus;
  /** Null unless `status` is `ok`; made whatever the quality, which is for the caller to judge. */
  readonly template: Template | null;
  readonly quality: FaceQuality | null;
}
