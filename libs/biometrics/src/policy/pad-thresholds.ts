import { CALIBRATED_THRESHOLDS } from '../pad/calibration/pad-calibration.data.js';

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
  /** Least comparison score between any two groups of frames: cosine, −1 … 1. */
  readonly minGroupConsistency: number;
  /** Least combined score of the challenge's signals: 0 … 1. */
  readonly minScore: number;
  /** From this many ordered near-duplicates with one earlier capture on, it is that capture again. */
  readonly replayedFrames: number;
  /** Frames whose projections differ in at most this many bits are near-duplicates: 0 … 256. */
  readonly nearDuplicateBits: number;
  /** Least share of differing bits between a capture's trajectory hash and any earlier one's; below, it is that performance again. */
  readonly minTrajectoryDistance: number;
  /** Largest share of other sequences that may explain the face's chroma as well as the shown one. */
  readonly maxFlashP: number;
  /** Least share of the screen in the light on the face: natural logarithm per unit of light. */
  readonly minFlashGain: number;
  /** Least correlation of the face's chroma with the shown colours. */
  readonly minFlashRho: number;
  /** The same where the light is strong. */
  readonly minStrongFlashRho: number;
  /** From this gain on the light is strong. */
  readonly strongFlashGain: number;
  /** Least number of the six parts of the face that follow. */
  readonly minFlashSectors: number;
  /** Largest share of light that adds as glass does. */
  readonly maxFlashAdditive: number;
  /** Largest spread of the gain over the face, judged from `readableFlashGain` on. */
  readonly maxFlashSpread: number;
  /** Gain from which on single points of the face can be read. */
  readonly readableFlashGain: number;
  /** Largest share of the background that follows as the face does. */
  readonly maxFlashBackground: number;
  /** Largest gain at the sides of the face over that at its middle, where the gain is well known and its spread below `evenFlashSpread`. */
  readonly maxFlashSideToCentre: number;
  readonly evenFlashSpread: number;
  /** Least spread of the gain over a face, where the gain is well known. */
  readonly minFlashSpread: number;
  /** A gain is well known from so many of its standard errors on. */
  readonly knownFlashGain: number;
  /** Chroma that changes by more than this (RMS, natural logarithm) follows some light. */
  readonly foreignFlashRms: number;
  /** That light is not this screen's where more than this share of other sequences explain it as well. */
  readonly foreignFlashP: number;
  /** Least combined score of the flash's signals: 0 … 1. */
  readonly minFlashScore: number;
}

/** Definitions of an action and of a readable flash, and rates of false alarm: what no set of captures can choose (ADR 8, ADR 33, docs/liveness.md). */
const DEFINED = {
  minTurnDegrees: 12,
  minNodDegrees: 7,
  maxBlinkRatio: 0.7,
  minMouthOpening: 0.1,
  minApproach: 1.2,
  replayedFrames: 4,
  nearDuplicateBits: 24,
  minTrajectoryDistance: 0.2,
  maxFlashP: 0.005,
  minFlashGain: 0.006,
  minStrongFlashRho: 0.85,
  strongFlashGain: 0.05,
  minFlashSectors: 3,
  maxFlashAdditive: 0.45,
  maxFlashSpread: 2.5,
  readableFlashGain: 0.025,
  maxFlashSideToCentre: 0.9,
  evenFlashSpread: 0.45,
  minFlashSpread: 0.2,
  knownFlashGain: 12,
  foreignFlashRms: 0.03,
  foreignFlashP: 0.05,
} as const satisfies Partial<PadThresholds>;

/** What the built-in policy says; chosen by `calibrate:pad` wherever captures can choose. */
export const DEFAULT_PAD_THRESHOLDS: PadThresholds = Object.freeze({ ...DEFINED, ...CALIBRATED_THRESHOLDS });
