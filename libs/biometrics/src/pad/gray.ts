import { LANDMARK_STRIDE } from '../geometry/landmarks.js';
import { type GrayImage } from './frames.js';

/** A rectangle in pixels; its edges may be fractions and may lie outside the picture. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The smallest upright box around all landmarks, widened on each side by `margin` times its size. */
export function landmarkBox(landmarks: Float32Array, margin: number): Box {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let at = 0; at < landmarks.length; at += LANDMARK_STRIDE) {
    const x = landmarks[at] as number;
    const y = landmarks[at + 1] as number;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  const [width, height] = [right - left, bottom - top];
  return {
    left: left - margin * width,
    top: top - margin * height,
    width: width * (1 + 2 * margin),
    height: height * (1 + 2 * margin),
  };
}

/**
 * A box of a picture shrunk to `columns` × `rows` cells, each the exact mean of the area it covers (by a summed-area table,
 * Crow 1984), row by row, in grey levels 0 … 255. Outside the picture its border repeats.
 */
export function shrink(image: GrayImage, box: Box, columns: number, rows: number): Float32Array {
  const left = Math.floor(box.left);
  const top = Math.floor(box.top);
  const width = Math.ceil(box.left + box.width) - left + 1;
  const height = Math.ceil(box.top + box.height) - top + 1;
  const sums = summedArea(image, left, top, width, height);
  const at = (x: number, y: number): number => interpolate(sums, width + 1, x - left, y - top);
  const cells = new Float32Array(columns * rows);
  const [dx, dy] = [box.width / columns, box.height / rows];
  for (let row = 0; row < rows; row++) {
    const [y0, y1] = [box.top + row * dy, box.top + (row + 1) * dy];
    for (let column = 0; column < columns; column++) {
      const [x0, x1] = [box.left + column * dx, box.left + (column + 1) * dx];
      cells[row * columns + column] = (at(x1, y1) - at(x0, y1) - at(x1, y0) + at(x0, y0)) / (dx * dy);
    }
  }
  return cells;
}

/** Entry (x, y) holds the sum of all pixels left of x and above y, counted from the box's corner. */
function summedArea(
  image: GrayImage,
  left: number,
  top: number,
  width: number,
  height: number,
): Float64Array {
  const stride = width + 1;
  const sums = new Float64Array(stride * (height + 1));
  for (let y = 0; y < height; y++) {
    const row = Math.min(image.height - 1, Math.max(0, top + y)) * image.width;
    let sum = 0;
    for (let x = 0; x < width; x++) {
      sum += image.data[row + Math.min(image.width - 1, Math.max(0, left + x))] as number;
      sums[(y + 1) * stride + x + 1] = (sums[y * stride + x + 1] as number) + sum;
    }
  }
  return sums;
}

function interpolate(sums: Float64Array, stride: number, x: number, y: number): number {
  const [x0, y0] = [Math.floor(x), Math.floor(y)];
  const [fx, fy] = [x - x0, y - y0];
  const at = y0 * stride + x0;
  const upper = (sums[at] as number) * (1 - fx) + (sums[at + 1] as number) * fx;
  if (fy === 0) return upper;
  const lower = (sums[at + stride] as number) * (1 - fx) + (sums[at + stride + 1] as number) * fx;
  return upper * (1 - fy) + lower * fy;
}

/** Bilinear sample at (x, y) in pixels, centres at integers; NaN outside the picture. */
export function sample({ width, height, data }: GrayImage, x: number, y: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  if (!(left >= 0 && top >= 0 && left < width - 1 && top < height - 1)) return NaN;
  const at = top * width + left;
  const fx = x - left;
  const fy = y - top;
  const above = (data[at] as number) * (1 - fx) + (data[at + 1] as number) * fx;
  const below = (data[at + width] as number) * (1 - fx) + (data[at + width + 1] as number) * fx;
  return above * (1 - fy) + below * fy;
}
