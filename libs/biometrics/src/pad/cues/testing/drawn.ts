import { canonicalFace } from '../../../geometry/index.js';
import { type GrayImage } from '../../frames.js';

// Jest's sandbox makes every look-up of a global slow, and these run for each of 300,000 pixels.
const { abs, floor, imul, round } = Math;

export const [WIDTH, HEIGHT] = [640, 480];

/** A grey picture of 640 × 480, one value a pixel, rounded and clipped as a camera does. */
export function drawn(valueAt: (x: number, y: number) => number): GrayImage {
  const data = new Uint8ClampedArray(WIDTH * HEIGHT);
  for (let i = 0; i < data.length; i++) data[i] = round(valueAt(i % WIDTH, floor(i / WIDTH)));
  return { width: WIDTH, height: HEIGHT, data: new Uint8Array(data.buffer) };
}

/** Landmarks of a frontal face in the middle of such a picture. @param scale pixels a millimetre */
export function faceInMiddle(scale = 1.6): Float32Array {
  const middle = [WIDTH / 2, HEIGHT / 2, 0];
  return canonicalFace().map((value, i) => scale * value + (middle[i % 3] as number));
}

/** Whether a point is within the box of that face, widened by 50 pixels as the head is. */
export function isOnHead(x: number, y: number): boolean {
  return abs(x - WIDTH / 2) < 170 && abs(y - HEIGHT / 2) < 200;
}

let state = 1;
/** The sum of twelve uniform numbers (Numerical Recipes' generator) is nearly normal. */
function twelve(): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) {
    state = (imul(state, 1664525) + 1013904223) >>> 0;
    sum += state / 2 ** 32;
  }
  return sum;
}
const TABLE = Float32Array.from({ length: 65_521 }, () => twelve());

/** Normally distributed numbers (mean 0, deviation 1), the same in every run: a seed starts at its own place of one table. */
export function noise(seed: number): () => number {
  let at = (seed * 7_919) % TABLE.length;
  return () => TABLE[(at = (at + 1) % TABLE.length)] as number;
}
