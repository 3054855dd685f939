import { LANDMARK_STRIDE, type RgbImage } from '../geometry/landmarks.js';
import { percent } from './scale.js';

/** Block side of JPEG and WebP. */
const BLOCK = 8;

/** How much steeper steps are on block edges than elsewhere: in a picture without blocks, and in one that is hardly more than blocks. */
const NO_BLOCKS = 1.1;
const ALL_BLOCKS = 3;

/** Steps below this are rounding, so that a flat picture does not count as blocks. */
const ROUNDING = 0.5;

/**
 * Blocking artifacts around the face: how much the picture's second differences on the most conspicuous grid of 8 pixels exceed those
 * beside it (after Wang, Bovik and Evans 2000). 0 (blocks) … 100 (none). A picture that was shrunk hides its blocks, and they harm less.
 */
export function compressionArtifacts(image: RgbImage, landmarks: Float32Array): number {
  const box = faceBox(image, landmarks);
  const green = (x: number, y: number): number => image.data[3 * (y * image.width + x) + 1] as number;
  const across = phases(box.left, box.right, box.top, box.bottom, green);
  const down = phases(box.top, box.bottom, box.left, box.right, (y, x) => green(x, y));
  return percent((blockiness(across) + blockiness(down)) / 2, ALL_BLOCKS, NO_BLOCKS);
}

/** Mean size of the step from u − 1 to u beyond its neighbours' slope, for each remainder of u by 8. */
function phases(
  from: number,
  to: number,
  first: number,
  last: number,
  level: (u: number, v: number) => number,
): Float64Array {
  const sums = new Float64Array(BLOCK);
  const counts = new Float64Array(BLOCK);
  for (let v = first; v < last; v++) {
    for (let u = from + 2; u < to - 1; u++) {
      const slope = (level(u - 1, v) - level(u - 2, v) + level(u + 1, v) - level(u, v)) / 2;
      const phase = u % BLOCK;
      sums[phase] = (sums[phase] as number) + Math.abs(level(u, v) - level(u - 1, v) - slope);
      counts[phase] = (counts[phase] as number) + 1;
    }
  }
  return sums.map((sum, phase) => sum / Math.max(1, counts[phase] as number));
}

function blockiness(steps: Float64Array): number {
  const sorted = [...steps].sort((a, b) => a - b);
  const [greatest, typical] = [sorted[BLOCK - 1] as number, sorted[BLOCK >> 1] as number];
  return (greatest + ROUNDING) / (typical + ROUNDING);
}

function faceBox({ width, height }: RgbImage, landmarks: Float32Array) {
  let [left, right, top, bottom] = [width, 0, height, 0];
  for (let at = 0; at < landmarks.length; at += LANDMARK_STRIDE) {
    const [x, y] = [landmarks[at] as number, landmarks[at + 1] as number];
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  }
  const inside = (value: number, size: number): number => Math.min(size, Math.max(0, Math.round(value)));
  return {
    left: inside(left, width),
    right: inside(right, width),
    top: inside(top, height),
    bottom: inside(bottom, height),
  };
}
