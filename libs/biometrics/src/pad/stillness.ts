import { type LivenessFrame, mostFrontal } from './frames.js';
import { landmarkBox, shrink } from './gray.js';

const CELLS = 48;
/** The face's own box is widened by this much of its size on each side, so that a moving head uncovers background. */
const MARGIN = 0.25;

/**
 * How little the picture ever changes: the smallest mean absolute difference between neighbouring frames, on the same box of
 * each (around the face of the most frontal one), shrunk to 48 × 48 cells so that sensor noise averages out.
 * Grey levels, 0 (two frames are the same picture) … 255. A person who performs actions does not hold still between two
 * frames; a picture in front of the camera, or a file sent twice, does.
 * @returns `null` with fewer than two frames or frames of different sizes.
 */
export function measureStillness(frames: readonly LivenessFrame[]): number | null {
  const reference = mostFrontal(frames);
  if (!reference || frames.length < 2) return null;
  const { width, height } = reference.gray;
  if (frames.some(({ gray }) => gray.width !== width || gray.height !== height)) return null;
  const box = landmarkBox(reference.landmarks, MARGIN);
  const pictures = frames.map(({ gray }) => shrink(gray, box, CELLS, CELLS));
  const differences = pictures.slice(1).map((picture, i) => meanDifference(picture, pictures[i] ?? picture));
  return Math.min(...differences);
}

function meanDifference(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs((a[i] as number) - (b[i] as number));
  return sum / a.length;
}
