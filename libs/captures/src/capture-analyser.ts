import type { Action, LandmarkFrame, LivenessSignals, Projection, TrajectoryHash } from '#biometrics';
import type { ArtifactName } from './artifact-names.js';
import type { Scalars } from './entities/stage-result.entity.js';

/** One usable frame: its picture as submitted, and what extraction found in it. */
export interface AnalysedFrame extends LandmarkFrame {
  readonly encoded: Uint8Array;
  /** Milliseconds since the first frame; 0 where the client's clock is not asked. */
  readonly tMs: number;
}

/** A file made of a capture; it shows the face, so it is sealed like the frames. */
export interface ArtifactFile {
  readonly name: ArtifactName;
  readonly bytes: Uint8Array;
}

export interface Analysis {
  readonly scalars: Scalars;
  readonly artifacts: readonly ArtifactFile[];
}

export interface LivenessAnalysis {
  /** What frames and landmarks tell; what needs templates or earlier captures is null. */
  readonly signals: LivenessSignals;
  /** Keyed perceptual projections of the usable frames, in their order. */
  readonly projections: readonly Projection[];
  /** Keyed hash of how the head moved; `null` when too little moved. */
  readonly trajectory: TrajectoryHash | null;
}

/**
 * What the depth, mesh and liveness stages need; the worker hands in threads that do it.
 * Every method throws on infrastructure trouble (deadline, full queue, lost thread), never for what the pictures show.
 */
export interface CaptureAnalyser {
  depth(
    frames: readonly AnalysedFrame[],
    options: { deadlineMs: number; artifacts: boolean },
  ): Promise<Analysis>;
  mesh(
    frames: readonly AnalysedFrame[],
    options: { deadlineMs: number; artifacts: boolean },
  ): Promise<Analysis>;
  liveness(
    frames: readonly AnalysedFrame[],
    options: {
      deadlineMs: number;
      frameCount: number;
      actions: readonly Action[];
      /** What the screen showed at each of all frames; `null` without a flash. */
      colours: readonly string[] | null;
      projectionSeed: Uint8Array;
      trajectorySeed: Uint8Array;
    },
  ): Promise<LivenessAnalysis>;
}
