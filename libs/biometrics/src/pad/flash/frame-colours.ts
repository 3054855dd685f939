export const CELL_COLUMNS = 16;
export const CELL_ROWS = 12;

/** What one frame tells about light: colours of skin and of what is behind. */
export interface ColourSample {
  /** Mean linear red, green, blue (0 … 1) of a disc around each of the skin points; NaN where it cannot be read. */
  readonly skin: Float32Array;
  /** The same of 16 × 12 cells of the picture, row by row; NaN where head and body may be. */
  readonly cells: Float32Array;
}
