/** Where presentation attack detection draws its lines; each gate fails on the side its name says. */
export interface PadThresholds {
  /** Least mean difference between neighbouring frames: grey levels, 0 … 255. */
  readonly minStillness: number;
  /** Least yaw of an asked turn, towards the asked side: degrees. */
  readonly minTurnDegrees: number;
  /** Least pitch of a nod: degrees. */
  readonly minNodDegrees: number;
  /** Largest eye aspect ratio of a blink, relative to the capture's own upper quartile. */
  readonly maxBlinkRatio: number;
  /** Least rise of the mouth aspect ratio. */
  readonly minMouthOpening: number;
  /** Least growth of the inter-ocular distance. */
  readonly minApproach: number;
  /** Least homography residual (tH) of a head: inter-ocular distances. */
  readonly minHomographyResidual: number;
  /** Least quadratic-warp residual (tQ) of a head: inter-ocular distances. */
  readonly minQuadraticResidual: number;
  /** Least log ratio of plane and solid explanation (lrA) of a head. */
  readonly minPlaneSolidRatio: number;
  /** Largest loss of width beyond what the yaw explains (fore) of a head: natural logarithm. */
  readonly maxForeshortening: number;
  /** Least comparison score between any two frames: cosine, −1 … 1. */
  readonly minConsistency: number;
  /** From this many ordered near-duplicates with one earlier capture on, it is that capture again. */
  readonly replayedFrames: number;
  /** Frames whose projections differ in at most this many bits are near-duplicates: 0 … 256. */
  readonly nearDuplicateBits: number;
}

export const DEFAULT_PAD_THRESHOLDS: PadThresholds = Object.freeze({
  minStillness: 0.75,
  minTurnDegrees: 12,
  minNodDegrees: 7,
  maxBlinkRatio: 0.7,
  minMouthOpening: 0.1,
  minApproach: 1.2,
  minHomographyResidual: 0.018,
  minQuadraticResidual: 0.0098,
  minPlaneSolidRatio: -0.2,
  maxForeshortening: 0.13,
  minConsistency: 0.45,
  replayedFrames: 4,
  nearDuplicateBits: 24,
});
