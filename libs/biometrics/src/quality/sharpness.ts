import { ALIGNED_SIZE } from '../geometry/alignment.js';
import { percent } from './scale.js';

/** Variance of the Laplacian, in grey levels², of a face in perfect focus. */
const CRISP = 1_000;

/** Logarithm of the variance of the aligned face's 4-neighbour Laplacian (Pech-Pacheco et al. 2000): 0 (uniform) … 100 (crisp). */
export function sharpness(luma: Float32Array): number {
  return percent(Math.log1p(laplacianVariance(luma)), 0, Math.log1p(CRISP));
}

function laplacianVariance(luma: Float32Array): number {
  const inner = ALIGNED_SIZE - 2;
  let [sum, squares] = [0, 0];
  for (let y = 1; y <= inner; y++) {
    for (let x = 1; x <= inner; x++) {
      const i = y * ALIGNED_SIZE + x;
      const beside = (luma[i - 1] as number) + (luma[i + 1] as number);
      const aboveAndBelow = (luma[i - ALIGNED_SIZE] as number) + (luma[i + ALIGNED_SIZE] as number);
      const response = beside + aboveAndBelow - 4 * (luma[i] as number);
      sum += response;
      squares += response * response;
    }
  }
  const mean = sum / inner ** 2;
  return squares / inner ** 2 - mean * mean;
}
