import {
  type FusedMesh,
  type LandmarkFrame,
  type LivenessSignals,
  type ParallaxReconstruction,
  type Projection,
  type TrajectoryHash,
} from '#biometrics';

/** One usable frame: its picture as it was submitted, and what extraction found in it. */
export interface CaptureFrame extends LandmarkFrame {
  /** JPEG, PNG or WebP file. */
  readonly encoded: Uint8Array;
  /** Milliseconds since the first frame, as the client says. */
  readonly tMs: number;
}

export type ArtifactName = 'depth.png' | 'mesh.glb' | 'mesh.obj' | 'overlay.png';

/** A file made of a capture: it shows the face, so it is biometric data. */
export interface Artifact {
  readonly name: ArtifactName;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

export interface DepthResult {
  /** Depth measured across frames; `null` with fewer than three. */
  readonly measured: ParallaxReconstruction | null;
  /** Index of the frame the pictures were made of. */
  readonly bestFrame: number;
  /** `depth.png` (a prior, for people) and `overlay.png`. */
  readonly artifacts: readonly Artifact[];
  readonly timingsMs: { readonly parallax: number; readonly artifacts: number };
}

export interface MeshResult {
  readonly mesh: FusedMesh;
  readonly bestFrame: number;
  /** `mesh.glb` and `mesh.obj`. */
  readonly artifacts: readonly Artifact[];
  readonly timingsMs: { readonly fusion: number; readonly artifacts: number };
}

export interface LivenessResult {
  readonly signals: LivenessSignals;
  /** Keyed perceptual projection of each usable frame. */
  readonly projections: readonly Projection[];
  /** Keyed hash of how the head moved; `null` when too little moved. */
  readonly trajectory: TrajectoryHash | null;
  readonly timingsMs: { readonly decode: number; readonly signals: number };
}
