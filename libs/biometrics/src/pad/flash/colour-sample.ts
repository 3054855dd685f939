import { interOcularDistance, landmarkAt, type RgbImage } from '../../geometry/landmarks.js';
import { SKIN_POINTS } from '../flow/skin-points.js';
import { landmarkBox } from '../gray.js';
import { CELL_COLUMNS, CELL_ROWS, type ColourSample } from './frame-colours.js';
import { linearLight } from './sequence.js';

/** Radius of a disc in inter-ocular distances. */
const RADIUS = 0.045;
/** Values outside may be clipped, and dark ones are mostly noise: grey levels. */
const [DARKEST, BRIGHTEST] = [6, 250];
/** The landmarks' box widened by this share of its size holds hair, ears and neck. */
const MARGIN = 0.35;
/** Cells are read at every third pixel of every third row: each still holds about a hundred and fifty. */
const STEP = 3;

/** Linear light 0 … 1 of each grey level. */
export const LINEAR_LIGHT = Float32Array.from({ length: 256 }, (_, value) => {
  const hex = value.toString(16).padStart(2, '0');
  return linearLight(`#${hex}${hex}${hex}`)[0];
});

/** Reads the colours of a frame: about 1 ms for 640 × 480. @param landmarks 478 × (x, y, z) in pixels of the picture */
export function sampleColours(image: RgbImage, landmarks: Float32Array): ColourSample {
  const radius = Math.max(1.5, RADIUS * interOcularDistance(landmarks));
  const skin = new Float32Array(3 * SKIN_POINTS.length);
  SKIN_POINTS.forEach((index, i) => {
    const { x, y } = landmarkAt(landmarks, index);
    skin.set(discMean(image, x, y, radius), 3 * i);
  });
  return { skin, cells: cellMeans(image, landmarks) };
}

function discMean({ width, height, data }: RgbImage, cx: number, cy: number, radius: number): number[] {
  let [red, green, blue, count, all] = [0, 0, 0, 0, 0];
  for (let y = Math.ceil(cy - radius); y <= cy + radius; y++) {
    for (let x = Math.ceil(cx - radius); x <= cx + radius; x++) {
      if ((x - cx) ** 2 + (y - cy) ** 2 > radius * radius) continue;
      all++;
      if (x < 0 || y < 0 || x >= width || y >= height) continue;
      const at = 3 * (y * width + x);
      const [r, g, b] = [data[at] as number, data[at + 1] as number, data[at + 2] as number];
      if (!isReadable(r, g, b)) continue;
      red += LINEAR_LIGHT[r] as number;
      green += LINEAR_LIGHT[g] as number;
      blue += LINEAR_LIGHT[b] as number;
      count++;
    }
  }
  return 2 * count >= all && count > 0 ? [red / count, green / count, blue / count] : [NaN, NaN, NaN];
}

function isReadable(r: number, g: number, b: number): boolean {
  return Math.min(r, g, b) >= DARKEST && Math.max(r, g, b) <= BRIGHTEST;
}

function cellMeans({ width, height, data }: RgbImage, landmarks: Float32Array): Float32Array {
  const sums = new Float64Array(4 * CELL_COLUMNS * CELL_ROWS);
  const head = landmarkBox(landmarks, MARGIN);
  for (let y = 1; y < height; y += STEP) {
    const row = Math.floor((y * CELL_ROWS) / height) * CELL_COLUMNS;
    for (let x = 1; x < width; x += STEP) {
      const at = 3 * (y * width + x);
      const [r, g, b] = [data[at] as number, data[at + 1] as number, data[at + 2] as number];
      if (!isReadable(r, g, b)) continue;
      const cell = 4 * (row + Math.floor((x * CELL_COLUMNS) / width));
      sums[cell] = (sums[cell] as number) + (LINEAR_LIGHT[r] as number);
      sums[cell + 1] = (sums[cell + 1] as number) + (LINEAR_LIGHT[g] as number);
      sums[cell + 2] = (sums[cell + 2] as number) + (LINEAR_LIGHT[b] as number);
      sums[cell + 3] = (sums[cell + 3] as number) + 1;
    }
  }
  const least = (width * height) / (CELL_COLUMNS * CELL_ROWS * STEP * STEP) / 4;
  const cells = new Float32Array(3 * CELL_COLUMNS * CELL_ROWS).fill(NaN);
  for (let i = 0; i < CELL_COLUMNS * CELL_ROWS; i++) {
    const left = ((i % CELL_COLUMNS) * width) / CELL_COLUMNS;
    const top = (Math.floor(i / CELL_COLUMNS) * height) / CELL_ROWS;
    const bottom = top + height / CELL_ROWS;
    // Below the head is the body, which the screen lights as well.
    const apart =
      bottom < head.top ||
      (bottom < head.top + head.height &&
        (left > head.left + head.width || left + width / CELL_COLUMNS < head.left));
    const count = sums[4 * i + 3] as number;
    if (!apart || count < least) continue;
    for (let c = 0; c < 3; c++) cells[3 * i + c] = (sums[4 * i + c] as number) / count;
  }
  return cells;
}
