import { ALIGNED_SIZE } from '../geometry/alignment.js';
import { percent } from './scale.js';

/** Cells of the aligned face that show skin unless something is before them: forehead, cheeks, nose, around the mouth, chin. */
const CELL = 8;
const ROWS = { first: 3, last: 12 };
const COLUMNS = { first: 3, last: 10 };

/** Rows between eyes and mouth, which are covered last: their colour is that of the skin. */
const SKIN = { first: 5, last: 7 };

/** Chroma of skin varies less than this about its median under any one light; cloth and plastic lie farther off. */
const TOLERANCE = 0.25;

/** Keeps the ratios of dark pixels, which are mostly noise, near those of grey. */
const NOISE = 12;

/** Eyes, brows and lips have colours of their own: so many of the cells may differ in a free face. */
const OWN_COLOUR = 0.15;

/**
 * A hint, not a proof: the share of the face that has the colour of the cheeks, so that masks, scarves and large hands in gloves
 * show and dark glasses partly. Skin before skin and grey pictures do not show. 0 … 100.
 */
export function faceOcclusionPrevention(aligned: Float32Array): number {
  const cells: { readonly row: number; readonly chroma: Chroma }[] = [];
  for (let row = ROWS.first; row <= ROWS.last; row++)
    for (let column = COLUMNS.first; column <= COLUMNS.last; column++)
      cells.push({ row, chroma: chromaOf(aligned, column * CELL, row * CELL) });
  const skin = cells.filter(({ row }) => row >= SKIN.first && row <= SKIN.last);
  const redGreen = median(skin.map(({ chroma }) => chroma[0]));
  const blueGreen = median(skin.map(({ chroma }) => chroma[1]));
  const covered = cells.filter(
    ({ chroma: [rg, bg] }) => Math.hypot(rg - redGreen, bg - blueGreen) > TOLERANCE,
  ).length;
  return percent(covered / cells.length, 0.5 + OWN_COLOUR, OWN_COLOUR);
}

/** log(R/G) and log(B/G) of a mean colour. */
type Chroma = readonly [number, number];

function chromaOf(aligned: Float32Array, left: number, top: number): Chroma {
  let [red, green, blue] = [0, 0, 0];
  for (let y = top; y < top + CELL; y++) {
    for (let x = left; x < left + CELL; x++) {
      const at = 3 * (y * ALIGNED_SIZE + x);
      red += aligned[at] as number;
      green += aligned[at + 1] as number;
      blue += aligned[at + 2] as number;
    }
  }
  const level = (sum: number): number => sum / CELL ** 2 + NOISE;
  return [Math.log(level(red) / level(green)), Math.log(level(blue) / level(green))];
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}
