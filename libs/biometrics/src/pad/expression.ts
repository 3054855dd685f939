import { LANDMARK_STRIDE } from '../geometry/landmarks.js';

/** Corner, two upper lid points, corner, two lower lid points: as the six points of the eye aspect ratio are numbered. */
const RIGHT_EYE = [33, 160, 158, 133, 153, 144] as const;
const LEFT_EYE = [362, 385, 387, 263, 373, 380] as const;

/**
 * Eye aspect ratio (Soukupová and Čech 2016), mean of both eyes: height over width of the lid opening, from distances in
 * space, so that a turned head keeps its own. About 0.05 (closed) … 0.45 (wide open).
 */
export function eyeAspectRatio(landmarks: Float32Array): number {
  const ratio = ([p1, p2, p3, p4, p5, p6]: typeof RIGHT_EYE | typeof LEFT_EYE): number =>
    (distance(landmarks, p2, p6) + distance(landmarks, p3, p5)) / (2 * distance(landmarks, p1, p4));
  return (ratio(RIGHT_EYE) + ratio(LEFT_EYE)) / 2;
}

/** Mouth aspect ratio: gap between the inner lips over the distance of the inner corners, in space. 0 (closed) … about 1. */
export function mouthAspectRatio(landmarks: Float32Array): number {
  return distance(landmarks, 13, 14) / distance(landmarks, 78, 308);
}

function distance(landmarks: Float32Array, one: number, other: number): number {
  const [a, b] = [one * LANDMARK_STRIDE, other * LANDMARK_STRIDE];
  const along = (axis: number): number => (landmarks[a + axis] ?? NaN) - (landmarks[b + axis] ?? NaN);
  return Math.hypot(along(0), along(1), along(2));
}
