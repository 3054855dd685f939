import { type RiskCues } from './cues/risk-cues.js';
import { type FlashSignals } from './flash/flash-signals.js';
import { type FlowFindings } from './flow/flow.js';
import { type ActionMeasure } from './performance.js';

/** The signals that are one number each and that gates judge. */
export const NUMERIC_SIGNALS = [
  'stillness',
  'tH',
  'tQ',
  'lrA',
  'fore',
  'consistency',
  'groupConsistency',
  'nearDuplicates',
  'trajectoryDistance',
] as const satisfies readonly (keyof LivenessSignals)[];

/** Every measured sign of life of a capture; `null` means that it could not be measured, which never counts as passed. */
export interface LivenessSignals extends FlowFindings {
  /** Smallest mean difference between neighbouring frames: grey levels, 0 … 255. */
  readonly stillness: number | null;
  /** How far each asked action went, in the order asked. */
  readonly actions: readonly ActionMeasure[];
  /** Log ratio of plane and solid explanation of the landmarks' motion; negative: rather flat. `null` when nothing turned. */
  readonly lrA: number | null;
  /** Largest loss of width beyond what the yaw explains, as a natural logarithm: ≥ 0. */
  readonly fore: number | null;
  /** Smallest comparison score between two frames: −1 … 1. Measured where the templates are. */
  readonly consistency: number | null;
  /** Smallest comparison score between two groups of frames: −1 … 1. Measured where the templates are. */
  readonly groupConsistency: number | null;
  /** Most frames that one earlier capture has in the same order: 0 … 12. Counted where earlier captures are. */
  readonly nearDuplicates: number | null;
  /**
   * How differently the head moved in the earlier capture that moved most alike: 0 (the same motion) … about 0.5; 1 where there is none to compare
   * with. `null` when too little moved to be recognised. Measured where earlier captures are.
   */
  readonly trajectoryDistance: number | null;
  /** What the colours of a flash challenge left; `null` where none was asked, or its frames did not all come. */
  readonly flash: FlashSignals | null;
  /** What is unusual about the pictures; no gate judges one by itself. `null` without a frame, and of captures before there were cues. */
  readonly cues: RiskCues | null;
}
