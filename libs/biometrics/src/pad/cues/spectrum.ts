import FFT from 'fft.js';
import { type GrayImage } from '../frames.js';

/** Side of a tile in pixels, and number of frequencies. */
export const TILE = 128;

/** Upper left corner of a tile in pixels. */
export interface Corner {
  readonly left: number;
  readonly top: number;
}

const fft = new FFT(TILE);
const HANN = Float64Array.from({ length: TILE }, (_, i) => Math.sin((Math.PI * (i + 0.5)) / TILE) ** 2);
/** Power that rounding to whole grey levels leaves in each frequency: nothing below it is known. */
const ROUNDING = HANN.reduce((sum, w) => sum + w * w, 0) ** 2 / 12;

/**
 * Mean logarithm of the power in each spatial frequency over some tiles (Welch 1967, with Hann's window): the mean of logarithms, since
 * tiles differ in contrast. Natural logarithm, row by row: entry (i, j) is frequency (j, i) / TILE cycles a pixel, from TILE / 2 on
 * negative; of the rows only those of frequencies 0 … ½, the others mirror them.
 * @param tiles lie within the picture
 */
export function meanLogSpectrum(image: GrayImage, tiles: readonly Corner[]): Float64Array {
  const sum = new Float64Array((TILE / 2 + 1) * TILE);
  for (let i = 0; i < tiles.length; i += 2) {
    // Two real tiles make one complex one, whose spectrum falls into an even and an odd part.
    const [one, other] = [tiles[i] as Corner, tiles[i + 1]];
    const plane = transformed(image, one, other ?? one);
    for (let row = 0; row <= TILE / 2; row++) {
      const mirrored = ((TILE - row) % TILE) * TILE;
      for (let column = 0; column < TILE; column++) {
        const a = 2 * (row * TILE + column);
        const b = 2 * (mirrored + ((TILE - column) % TILE));
        const [re, im] = [plane[a] as number, plane[a + 1] as number];
        const [reB, imB] = [plane[b] as number, plane[b + 1] as number];
        const even = ((re + reB) ** 2 + (im - imB) ** 2) / 4 + ROUNDING;
        const odd = ((im + imB) ** 2 + (re - reB) ** 2) / 4 + ROUNDING;
        const at = row * TILE + column;
        sum[at] = (sum[at] as number) + Math.log(other ? even * odd : even);
      }
    }
  }
  return sum.map((value) => value / tiles.length);
}

/** The transform of two tiles, one the real part and one the imaginary part: (re, im) pairs row by row. */
function transformed(image: GrayImage, one: Corner, other: Corner): Float64Array {
  const plane = new Float64Array(2 * TILE * TILE);
  const [line, out] = [new Float64Array(2 * TILE), new Float64Array(2 * TILE)];
  const [meanA, meanB] = [meanOf(image, one), meanOf(image, other)];
  for (let y = 0; y < TILE; y++) {
    const a = (one.top + y) * image.width + one.left;
    const b = (other.top + y) * image.width + other.left;
    for (let x = 0; x < TILE; x++) {
      const weight = (HANN[x] as number) * (HANN[y] as number);
      line[2 * x] = weight * ((image.data[a + x] as number) - meanA);
      line[2 * x + 1] = weight * ((image.data[b + x] as number) - meanB);
    }
    fft.transform(out, line);
    plane.set(out, 2 * TILE * y);
  }
  for (let x = 0; x < 2 * TILE; x += 2) {
    for (let y = 0, at = x; y < 2 * TILE; y += 2, at += 2 * TILE) {
      line[y] = plane[at] as number;
      line[y + 1] = plane[at + 1] as number;
    }
    fft.transform(out, line);
    for (let y = 0, at = x; y < 2 * TILE; y += 2, at += 2 * TILE) {
      plane[at] = out[y] as number;
      plane[at + 1] = out[y + 1] as number;
    }
  }
  return plane;
}

function meanOf({ width, data }: GrayImage, { left, top }: Corner): number {
  let sum = 0;
  for (let y = top; y < top + TILE; y++) {
    for (let x = left; x < left + TILE; x++) sum += data[y * width + x] as number;
  }
  return sum / (TILE * TILE);
}
