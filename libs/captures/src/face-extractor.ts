import type { ExtractionHalt, FaceQuality, LandmarkFrame, Template } from '#biometrics';
import type { Scalars, UsedModel } from './entities/stage-result.entity.js';

/** What extraction needs from the inference lib; the worker hands the real thing in. */
export interface FaceExtractor {
  readonly models: readonly UsedModel[];
  /**
   * @param frames encoded pictures, in the order they were recorded
   * @throws on infrastructure trouble (deadline, full queue, lost thread); never for what the pictures show
   */
  extract(frames: readonly Uint8Array[], options: { deadlineMs: number }): Promise<ExtractionFindings>;
}

export interface ExtractionFindings {
  /** Null exactly when `halt` is set. */
  readonly template: Template | null;
  readonly halt: ExtractionHalt | null;
  /** The frames in which the face was found. */
  readonly frames: readonly LandmarkFrame[];
  /** Least agreement between one frame's template and the others' (cosine); null with fewer than two templates. */
  readonly consistency: number | null;
  /** Least agreement between two groups of frames (cosine); null with fewer than two templates. */
  readonly groupConsistency: number | null;
  /** Mean quality of the frames the template was made of; null when `halt` is set. */
  readonly quality: FaceQuality | null;
  readonly scalars: Scalars;
}
