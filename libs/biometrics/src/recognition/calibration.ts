/** False match rates of a model's comparison scores, as they were measured. */
export interface Calibration {
  /** As templates name it. */
  readonly modelId: string;
  /** What it was measured on, for people. */
  readonly measuredOn: string;
  /** True when that were rendered people: then it bounds nothing about real ones. */
  readonly synthetic: boolean;
  /** Rising scores (cosine), and the upper 95 % bound of the false match rate from each on. */
  readonly scores: readonly number[];
  readonly fmrUpper: readonly number[];
}

/**
 * The most, with 95 % confidence, that strangers reach this score: the bound of the greatest calibrated score not above it.
 * @returns 1 below all calibrated scores
 * @throws {RangeError} on a score that is no number
 */
export function fmrUpperAt({ scores, fmrUpper }: Calibration, score: number): number {
  if (!Number.isFinite(score)) throw new RangeError('a comparison score is a finite number');
  const above = scores.findIndex((calibrated) => calibrated > score);
  return fmrUpper[(above < 0 ? scores.length : above) - 1] ?? 1;
}
