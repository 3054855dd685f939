import { LANDMARK_STRIDE } from '../geometry/landmarks.js';
import { type ShapePoint } from '../geometry/mean-shape.js';
import { RIGID_POINTS } from '../geometry/rigid-points.js';
import { fitRotation, type Matrix3, type Point3, rotatePoint } from '../geometry/rotation.js';
import { leastSquares } from './linear-solver.js';

const ROUNDS = 5;

/** The rigid landmarks of one frame (or some of them): x, y, z in pixels, centroid at the origin. */
export function rigidShape(landmarks: Float32Array, chosen: readonly ShapePoint[] = RIGID_POINTS): Point3[] {
  const points = chosen.map(({ index }): Point3 => {
    const at = index * LANDMARK_STRIDE;
    return [landmarks[at] ?? NaN, landmarks[at + 1] ?? NaN, landmarks[at + 2] ?? NaN];
  });
  const centre = [0, 1, 2].map(
    (axis) => points.reduce((sum, point) => sum + (point[axis] ?? NaN), 0) / points.length,
  ) as unknown as Point3;
  return points.map(([x, y, z]): Point3 => [x - centre[0], y - centre[1], z - centre[2]]);
}

/**
 * Σ of squared image distances after the best affine map of the plane (six parameters): how badly a flat picture under a
 * distant camera explains the motion. Pixels²; NaN without a fit.
 */
export function planeError(from: readonly Point3[], to: readonly Point3[]): number {
  const rows = Float64Array.from(from.flatMap(([x, y]) => [x, y, 1]));
  const targets = [Float64Array.from(to, ([x]) => x), Float64Array.from(to, ([, y]) => y)];
  const [a, b] = leastSquares(rows, 3, targets) ?? [];
  if (!a || !b) return NaN;
  const along = ([p, q, r]: Float64Array, [x, y]: Point3): number =>
    (p as number) * x + (q as number) * y + (r as number);
  return from.reduce((sum, point, i) => {
    const [x, y] = to[i] as Point3;
    return sum + (along(a, point) - x) ** 2 + (along(b, point) - y) ** 2;
  }, 0);
}

/**
 * Σ of squared image distances after the best turn, scale and shift of a solid under a distant camera (six parameters too),
 * by Gauss–Newton from the Procrustes rotation. Pixels²; NaN when it does not converge to a finite value.
 */
export function solidError(from: readonly Point3[], to: readonly Point3[]): number {
  let rotation = fitRotation(from, to);
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const turned = from.map((point) => rotatePoint(rotation, point));
    const { scale, error } = scaleAndError(turned, to);
    best = Math.min(best, error);
    const step = turnStep(turned, to, scale);
    if (!step) break;
    rotation = multiply(exponential(step), rotation);
  }
  return Number.isFinite(best) ? best : NaN;
}

/** Both point sets are centred, so the best shift is none. */
function scaleAndError(turned: readonly Point3[], to: readonly Point3[]): { scale: number; error: number } {
  let [dot, own] = [0, 0];
  turned.forEach(([x, y], i) => {
    const [u, v] = to[i] as Point3;
    dot += x * u + y * v;
    own += x * x + y * y;
  });
  const scale = dot / own;
  const error = turned.reduce((sum, [x, y], i) => {
    const [u, v] = to[i] as Point3;
    return sum + (scale * x - u) ** 2 + (scale * y - v) ** 2;
  }, 0);
  return { scale, error };
}

/** The small rotation vector (and change of scale) that linearly reduces the error most. */
function turnStep(turned: readonly Point3[], to: readonly Point3[], scale: number): Point3 | null {
  const rows: number[] = [];
  const targets: number[] = [];
  turned.forEach(([x, y, z], i) => {
    const [u, v] = to[i] as Point3;
    // d(ω × p) = (ωy·z − ωz·y, ωz·x − ωx·z); the last unknown is the change of scale.
    rows.push(0, scale * z, -scale * y, x, -scale * z, 0, scale * x, y);
    targets.push(u - scale * x, v - scale * y);
  });
  const [solution] = leastSquares(Float64Array.from(rows), 4, [Float64Array.from(targets)]) ?? [];
  return solution ? [solution[0] as number, solution[1] as number, solution[2] as number] : null;
}

/** Rotation by a vector: its length is the angle in radians (Rodrigues). */
function exponential([x, y, z]: Point3): Matrix3 {
  const angle = Math.hypot(x, y, z);
  const s = angle > 1e-9 ? Math.sin(angle) / angle : 1;
  const c = angle > 1e-9 ? (1 - Math.cos(angle)) / angle ** 2 : 0.5;
  return [
    [1 - c * (y * y + z * z), c * x * y - s * z, c * x * z + s * y],
    [c * x * y + s * z, 1 - c * (x * x + z * z), c * y * z - s * x],
    [c * x * z - s * y, c * y * z + s * x, 1 - c * (x * x + y * y)],
  ];
}

function multiply(a: Matrix3, b: Matrix3): Matrix3 {
  const entry = (row: Point3, column: 0 | 1 | 2): number =>
    row[0] * b[0][column] + row[1] * b[1][column] + row[2] * b[2][column];
  const line = (row: Point3): Point3 => [entry(row, 0), entry(row, 1), entry(row, 2)];
  return [line(a[0]), line(a[1]), line(a[2])];
}
