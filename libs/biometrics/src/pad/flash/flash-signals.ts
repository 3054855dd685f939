/** What the colours of a flash challenge left in the pictures; `null`: could not be measured, which never counts as passed. */
export interface FlashSignals {
  /** Usable frames: 0 … 10. */
  readonly frames: number;
  /** Share of other sequences that explain the face's chroma as well as the shown one: 0.001 … 1. */
  readonly p: number | null;
  /** Share of the screen in the light on the face beyond what the background gets: natural logarithm per unit of light, ≥ 0. */
  readonly gain: number | null;
  /** Standard error of the gain. */
  readonly gainSe: number | null;
  /** Weighted correlation of shown colours and the face's chroma: −1 … 1. */
  readonly rho: number | null;
  /** How late the colours are seen: 0, 0.5 or 1 frames. */
  readonly lag: number | null;
  /** Root mean square of the face's chroma without constant and drift, whatever it follows: natural logarithm. */
  readonly chromaRms: number | null;
  /** Parts of the face (of six) that follow at more than a third of the face's gain: 0 … 6. */
  readonly sectors: number | null;
  /** Share of the gain that adds to dark and bright places alike, as glass does; skin multiplies: about 0 … 1. */
  readonly additive: number | null;
  /** Spread of the points' gains (90th less 10th percentile) over the face's gain: ≥ 0. */
  readonly spread: number | null;
  /** Share of background cells that follow at more than 0.6 of the face's own gain: 0 … 1. */
  readonly background: number | null;
  /** Gain at the sides of the face over gain at its middle; light of a near screen falls off towards the sides. */
  readonly sideToCentre: number | null;
}
