import { LANDMARK_STRIDE } from '../geometry/landmarks.js';
import { RIGID_POINTS } from '../geometry/rigid-points.js';
import { fitRotation, type Matrix3, type Point3, rotatePoint } from '../geometry/rotation.js';
import { at } from './linear.js';

const RIGID_INDICES = RIGID_POINTS.map(({ index }) => index);

/** The landmark at `index` of 478 × (x, y, z). */
export function pointAt(points: ArrayLike<number>, index: number): Point3 {
  const from = index * LANDMARK_STRIDE;
  return [at(points, from), at(points, from + 1), at(points, from + 2)];
}

/** Landmarks that expressions hardly move. */
export const rigidPoints = (points: ArrayLike<number>): Point3[] =>
  RIGID_INDICES.map((index) => pointAt(points, index));

/**
 * `points` turned, scaled and shifted so that their rigid landmarks lie nearest those of `target` (Procrustes).
 * @param points 478 × (x, y, z), in any unit and axes of the same handedness.
 * @returns the same points in the target's unit and axes.
 * @throws {RangeError} when rigid landmarks coincide or are not finite.
 */
export function alignShape(points: ArrayLike<number>, target: ArrayLike<number>): Float64Array {
  const from = rigidPoints(points);
  const to = rigidPoints(target);
  const rotation = fitRotation(from, to);
  const p = centroid(from);
  const q = centroid(to);
  const scale = scaleBetween(from, to, p, q, rotation);
  const aligned = new Float64Array(points.length);
  for (let i = 0; i < points.length; i += LANDMARK_STRIDE) {
    const centred: Point3 = [at(points, i) - p[0], at(points, i + 1) - p[1], at(points, i + 2) - p[2]];
    const [x, y, z] = rotatePoint(rotation, centred);
    aligned.set([q[0] + scale * x, q[1] + scale * y, q[2] + scale * z], i);
  }
  return aligned;
}

function scaleBetween(
  from: readonly Point3[],
  to: readonly Point3[],
  p: Point3,
  q: Point3,
  rotation: Matrix3,
): number {
  let dot = 0;
  let square = 0;
  from.forEach((point, i) => {
    const centred: Point3 = [point[0] - p[0], point[1] - p[1], point[2] - p[2]];
    const [x, y, z] = rotatePoint(rotation, centred);
    const [tx, ty, tz] = to[i] as Point3;
    dot += x * (tx - q[0]) + y * (ty - q[1]) + z * (tz - q[2]);
    square += x * x + y * y + z * z;
  });
  return dot / square;
}

function centroid(points: readonly Point3[]): Point3 {
  const mean = (axis: 0 | 1 | 2): number =>
    points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  return [mean(0), mean(1), mean(2)];
}
