import { type Point3 } from '../../geometry/rotation.js';
import { at, solvePositiveDefinite } from '../../mesh/linear.js';

/** Distance of each point from the plane z = a·x + b·y + c that lies nearest to them all (least squares), signed by z. */
export function planeDistances(points: readonly Point3[]): number[] {
  const a = new Float64Array(9);
  const b = new Float64Array(3);
  for (const [x, y, z] of points)
    [x, y, 1].forEach((p, i) => {
      [x, y, 1].forEach((q, j) => (a[3 * i + j] = at(a, 3 * i + j) + p * q));
      b[i] = at(b, i) + p * z;
    });
  if (!solvePositiveDefinite(a, b)) throw new RangeError('points on a line have no plane');
  const tilt = Math.hypot(at(b, 0), at(b, 1), 1);
  return points.map(([x, y, z]) => (z - at(b, 0) * x - at(b, 1) * y - at(b, 2)) / tilt);
}
