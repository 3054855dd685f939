import { type Point2 } from '../../geometry/landmarks.js';
import { type GrayImage } from '../frames.js';
import { sample } from '../gray.js';
import { type PatchMotion } from './local-affine.js';

/** A patch prepared for tracking: its pixels and gradients, free of brightness and contrast. */
export interface Patch {
  readonly centre: Point2;
  readonly radius: number;
  /** (2·radius + 1)² values with mean 0 and length 1. */
  readonly values: Float32Array;
  readonly gradientX: Float32Array;
  readonly gradientY: Float32Array;
  /** The inverse of Σ ∇·∇ᵀ: xx, xy, yy. */
  readonly inverseHessian: readonly [number, number, number];
}

/** Where a patch was found. */
export interface Found extends Point2 {
  /** Normalised cross-correlation of the patch and what was found there: −1 … 1. */
  readonly correlation: number;
}

const ROUNDS = 12;
/** Steps shorter than this many pixels change nothing. */
const SETTLED = 0.01;

/** @returns `null` when the patch leaves the picture or has no texture in some direction. */
export function preparePatch(image: GrayImage, centre: Point2, radius: number): Patch | null {
  const values = cut(image, { ...centre, xx: 1, xy: 0, yx: 0, yy: 1 }, radius);
  const wide = cut(image, { ...centre, xx: 1, xy: 0, yx: 0, yy: 1 }, radius + 1);
  const length = values && normalise(values);
  if (!values || !wide || !length) return null;
  const side = 2 * radius + 1;
  const [gradientX, gradientY] = [new Float32Array(side * side), new Float32Array(side * side)];
  let [xx, xy, yy] = [0, 0, 0];
  for (let y = 0, i = 0; y < side; y++) {
    for (let x = 0; x < side; x++, i++) {
      const at = (y + 1) * (side + 2) + x + 1;
      const gx = ((wide[at + 1] as number) - (wide[at - 1] as number)) / (2 * length);
      const gy = ((wide[at + side + 2] as number) - (wide[at - side - 2] as number)) / (2 * length);
      gradientX[i] = gx;
      gradientY[i] = gy;
      xx += gx * gx;
      xy += gx * gy;
      yy += gy * gy;
    }
  }
  const determinant = xx * yy - xy * xy;
  if (!(determinant > 1e-9)) return null;
  const inverseHessian = [yy / determinant, -xy / determinant, xx / determinant] as const;
  return { centre, radius, values, gradientX, gradientY, inverseHessian };
}

/**
 * Finds a patch in another frame: its motion's linear part stays as predicted, its place is refined by translation
 * (Lucas and Kanade 1981; inverse compositional, Baker and Matthews 2004), on pixels freed from brightness and contrast.
 * @param start where to begin, in pixels of `image`.
 * @param reach how far from the start the patch may be found, in pixels.
 * @returns `null` when it leaves the picture, or strays further than `reach`.
 */
export function findPatch(patch: Patch, image: GrayImage, start: PatchMotion, reach: number): Found | null {
  const [h0, h1, h2] = patch.inverseHessian;
  let motion = start;
  for (let round = 0; round < ROUNDS; round++) {
    const seen = cut(image, motion, patch.radius);
    if (!seen || !normalise(seen)) return null;
    let [bx, by] = [0, 0];
    for (let i = 0; i < seen.length; i++) {
      const error = (seen[i] as number) - (patch.values[i] as number);
      bx += (patch.gradientX[i] as number) * error;
      by += (patch.gradientY[i] as number) * error;
    }
    const [dx, dy] = [h0 * bx + h1 * by, h1 * bx + h2 * by];
    const { xx, xy, yx, yy } = motion;
    motion = { ...motion, x: motion.x - xx * dx - xy * dy, y: motion.y - yx * dx - yy * dy };
    if (!(Math.hypot(motion.x - start.x, motion.y - start.y) <= reach)) return null;
    if (Math.hypot(dx, dy) < SETTLED) break;
  }
  const seen = cut(image, motion, patch.radius);
  if (!seen || !normalise(seen)) return null;
  let correlation = 0;
  for (let i = 0; i < seen.length; i++) correlation += (seen[i] as number) * (patch.values[i] as number);
  return { x: motion.x, y: motion.y, correlation };
}

function cut(image: GrayImage, { x, y, xx, xy, yx, yy }: PatchMotion, radius: number): Float32Array | null {
  const side = 2 * radius + 1;
  const values = new Float32Array(side * side);
  for (let dy = -radius, i = 0; dy <= radius; dy++) {
    for (let dx = -radius; dx <= radius; dx++, i++) {
      const value = sample(image, x + xx * dx + xy * dy, y + yx * dx + yy * dy);
      if (Number.isNaN(value)) return null;
      values[i] = value;
    }
  }
  return values;
}

/** Mean 0, length 1, in place; returns the length before, 0 for a uniform patch. */
function normalise(values: Float32Array): number {
  let mean = 0;
  for (const value of values) mean += value;
  mean /= values.length;
  let square = 0;
  for (let i = 0; i < values.length; i++) {
    const value = (values[i] as number) - mean;
    values[i] = value;
    square += value * value;
  }
  const length = Math.sqrt(square);
  if (!(length > 1e-3)) return 0;
  for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) / length;
  return length;
}
