import { RIGID_POINTS } from '../geometry/rigid-points.js';
import { type Point3 } from '../geometry/rotation.js';
import { leastSquares } from './linear-solver.js';
import { rigidShape } from './rigid-fit.js';

/** The front of the face is nearly flat, so that cos(yaw) predicts its width; temples and sides swing out of it. */
const FRONT = RIGID_POINTS.filter(({ position: [, , z] }) => z < 0.2);

/** The rigid landmarks of the front of the face: x, y, z in pixels, centroid at the origin. */
export function frontShape(landmarks: Float32Array): Point3[] {
  return rigidShape(landmarks, FRONT);
}

/** Width over height of `to` relative to `from`, by the columns of the affine map between them; a tilt changes neither. */
export function relativeAspect(from: readonly Point3[], to: readonly Point3[]): number {
  const rows = Float64Array.from(from.flatMap(([x, y]) => [x, y, 1]));
  const targets = [Float64Array.from(to, ([x]) => x), Float64Array.from(to, ([, y]) => y)];
  const [a, b] = leastSquares(rows, 3, targets) ?? [];
  if (!a || !b) return NaN;
  return Math.hypot(a[0] as number, b[0] as number) / Math.hypot(a[1] as number, b[1] as number);
}
