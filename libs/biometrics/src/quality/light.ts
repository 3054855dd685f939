import { ALIGNED_SIZE } from '../geometry/alignment.js';

/** Luma below and above which detail is lost (ISO/IEC 29794-5). */
const DARK = 25;
const BRIGHT = 247;

/** The face within its aligned picture: columns and rows that show skin in every pose. */
const FACE = { left: 20, right: 92, top: 32, bottom: 102 };

/** Luma (Rec. 601) of each pixel of an aligned face, 0 … 255. */
export function lumaOf(rgb: Float32Array): Float32Array {
  const luma = new Float32Array(rgb.length / 3);
  for (let i = 0, at = 0; i < luma.length; i++, at += 3) {
    luma[i] = 0.299 * (rgb[at] as number) + 0.587 * (rgb[at + 1] as number) + 0.114 * (rgb[at + 2] as number);
  }
  return luma;
}

/** Share of the face that is not too dark to show detail: 0 … 100. */
export function underExposurePrevention(luma: Float32Array): number {
  return 100 * shareOfFace(luma, (value) => value > DARK);
}

/** Share of the face that is not washed out: 0 … 100. */
export function overExposurePrevention(luma: Float32Array): number {
  return 100 * shareOfFace(luma, (value) => value < BRIGHT);
}

/** Entropy of the face's luma, 12.5 for each bit: 0 (one level) … 100 (all 256 levels alike). */
export function dynamicRange(luma: Float32Array): number {
  const counts = new Uint32Array(256);
  let pixels = 0;
  eachOfFace((at) => {
    const level = Math.min(255, Math.max(0, Math.round(luma[at] as number)));
    counts[level] = (counts[level] as number) + 1;
    pixels++;
  });
  let bits = 0;
  for (const count of counts) if (count > 0) bits -= (count / pixels) * Math.log2(count / pixels);
  return 12.5 * bits;
}

/** Mean luma of the darker half of the face relative to the brighter one, left against right: 0 … 100. */
export function illuminationUniformity(luma: Float32Array): number {
  const middle = (FACE.left + FACE.right) / 2;
  let [left, right] = [0, 0];
  eachOfFace((at) => {
    if (at % ALIGNED_SIZE < middle) left += luma[at] as number;
    else right += luma[at] as number;
  });
  const brighter = Math.max(left, right);
  return brighter > 0 ? (100 * Math.min(left, right)) / brighter : 0;
}

function shareOfFace(luma: Float32Array, holds: (value: number) => boolean): number {
  let [count, pixels] = [0, 0];
  eachOfFace((at) => {
    if (holds(luma[at] as number)) count++;
    pixels++;
  });
  return count / pixels;
}

function eachOfFace(visit: (at: number) => void): void {
  for (let y = FACE.top; y < FACE.bottom; y++)
    for (let x = FACE.left; x < FACE.right; x++) visit(y * ALIGNED_SIZE + x);
}
