/** Scores are counted in thousandths, so that memory does not grow with the number of pairs; thresholds lie on this grid. */
const STEPS_PER_UNIT = 1_000;

/** Cells of the grid from score −1 to 1. */
export const CELLS = 2 * STEPS_PER_UNIT + 1;

/** The cell of a score: all scores from its threshold up to the next one. */
export function cellOf(score: number): number {
  // The shift keeps a score that is a threshold but for its rounding in the cell of that threshold.
  return Math.min(CELLS - 1, Math.max(0, Math.floor((score + 1) * STEPS_PER_UNIT + 1e-4)));
}

/** The threshold at the lower end of a cell (cosine). */
export function thresholdOf(cell: number): number {
  return (cell - STEPS_PER_UNIT) / STEPS_PER_UNIT;
}

/** For each cell how many scores lie in it or above, and in the last place 0. */
export function countsFrom(histogram: ArrayLike<number>): Float64Array {
  const counts = new Float64Array(CELLS + 1);
  for (let cell = CELLS - 1; cell >= 0; cell--)
    counts[cell] = (counts[cell + 1] as number) + (histogram[cell] as number);
  return counts;
}
