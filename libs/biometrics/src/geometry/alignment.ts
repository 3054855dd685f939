import { landmarkAt, leftEyeCentre, type Point2, type RgbImage, rightEyeCentre } from './landmarks.js';
import { fitSimilarity, invertSimilarity, type Similarity } from './similarity.js';

/** Side of the aligned face in pixels. */
export const ALIGNED_SIZE = 112;

/** Eyes, nose tip and mouth corners of the ArcFace alignment (Deng et al. 2019) on a 112×112 picture. */
const ARCFACE_POINTS: readonly Point2[] = [
  { x: 38.2946, y: 51.6963 },
  { x: 73.5318, y: 51.5014 },
  { x: 56.0252, y: 71.7366 },
  { x: 41.5493, y: 92.3655 },
  { x: 70.7299, y: 92.2041 },
];

/** The template network separates people best with a slightly smaller face than ArcFace's. */
const FACE_SHRINK = 0.95;
const ALIGNED_POINTS = ARCFACE_POINTS.map(({ x, y }) => ({ x: shrink(x), y: shrink(y) }));

/** Distance between samples in source pixels: a bilinear sample already covers two. */
const SAMPLE_SPACING = 4 / 3;

/** More than this many samples per axis adds time and no detail. */
const MAX_SUPER_SAMPLING = 6;

function shrink(value: number): number {
  return ALIGNED_SIZE / 2 + (value - ALIGNED_SIZE / 2) * FACE_SHRINK;
}

/** The similarity from the frame's pixels to the aligned 112×112 picture, from 478 landmarks. */
export function faceAlignment(landmarks: Float32Array): Similarity {
  const points = [
    rightEyeCentre(landmarks),
    leftEyeCentre(landmarks),
    landmarkAt(landmarks, 1),
    landmarkAt(landmarks, 61),
    landmarkAt(landmarks, 291),
  ];
  return fitSimilarity(points, ALIGNED_POINTS);
}

/**
 * The aligned face: 112×112 RGB values 0 … 255 as floats, row by row. Bilinear, with several samples a pixel when the
 * face is larger than the result, since single samples would alias; beyond the frame's edge the edge repeats.
 */
export function alignFace(image: RgbImage, landmarks: Float32Array): Float32Array {
  const { a, b, tx, ty } = invertSimilarity(faceAlignment(landmarks));
  const samples = Math.min(MAX_SUPER_SAMPLING, Math.max(1, Math.ceil(Math.hypot(a, b) / SAMPLE_SPACING)));
  const step = 1 / samples;
  const aligned = new Float32Array(ALIGNED_SIZE * ALIGNED_SIZE * 3);
  const side = ALIGNED_SIZE * samples;
  for (let j = 0; j < side; j++) {
    const v = (j + 0.5) * step - 0.5;
    const row = ((j / samples) | 0) * ALIGNED_SIZE;
    for (let i = 0; i < side; i++) {
      const u = (i + 0.5) * step - 0.5;
      addBilinear(image, a * u - b * v + tx, b * u + a * v + ty, aligned, (row + ((i / samples) | 0)) * 3);
    }
  }
  const weight = step * step;
  for (let i = 0; i < aligned.length; i++) aligned[i] = (aligned[i] as number) * weight;
  return aligned;
}

// Runs some hundred thousand times a frame: plain arithmetic, which the compiler can inline.
function addBilinear(image: RgbImage, px: number, py: number, out: Float32Array, at: number): void {
  const { data, width } = image;
  const lastX = width - 1;
  const lastY = image.height - 1;
  const x = px < 0 ? 0 : px > lastX ? lastX : px;
  const y = py < 0 ? 0 : py > lastY ? lastY : py;
  const x0 = x | 0;
  const y0 = y | 0;
  const fx = x - x0;
  const fy = y - y0;
  const nw = (y0 * width + x0) * 3;
  const ne = x0 < lastX ? nw + 3 : nw;
  const below = y0 < lastY ? width * 3 : 0;
  const wNw = (1 - fx) * (1 - fy);
  const wNe = fx * (1 - fy);
  const wSw = (1 - fx) * fy;
  const wSe = fx * fy;
  const mix = (c: 0 | 1 | 2): number =>
    wNw * (data[nw + c] as number) +
    wNe * (data[ne + c] as number) +
    wSw * (data[nw + below + c] as number) +
    wSe * (data[ne + below + c] as number);
  out[at] = (out[at] as number) + mix(0);
  out[at + 1] = (out[at + 1] as number) + mix(1);
  out[at + 2] = (out[at + 2] as number) + mix(2);
}
