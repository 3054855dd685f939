import { eyeAspectRatio, mouthAspectRatio } from '../pad/expression.js';
import { percent } from './scale.js';

/** Aspect ratios of shut eyes, and of eyes open enough: low, so that narrow eyes are not taken for half-shut ones. */
const SHUT = 0.1;
const OPEN = 0.28;

/** Aspect ratio of a mouth that is wide open. */
const AGAPE = 0.6;

/** 0 (shut) … 100 (open). */
export function eyesOpen(landmarks: Float32Array): number {
  return percent(eyeAspectRatio(landmarks), SHUT, OPEN);
}

/** 0 (wide open) … 100 (closed). */
export function mouthClosed(landmarks: Float32Array): number {
  return percent(mouthAspectRatio(landmarks), AGAPE, 0);
}
