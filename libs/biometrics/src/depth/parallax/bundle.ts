import { type Matrix3, type Point3, rotatePoint } from '../../geometry/rotation.js';
import { real } from '../../mesh/linear.js';
import { type BundleStep, NormalEquations } from './normal-equations.js';
import { incrementalRotation, multiply } from './turns.js';

/** One frame's view of the points. */
export interface View {
  readonly rotation: Matrix3;
  /** Position of the shape's origin in the camera's frame, in units of the shape; z > 0 is in front. */
  readonly translation: Point3;
}

/** Points and the views they were seen from: x to the image's right, y down, z away from the camera. */
export interface Scene {
  readonly points: readonly Point3[];
  readonly views: readonly View[];
}

/** What one frame saw, about the centre of the image and divided by the focal length. */
export interface Observation {
  /** x, y per point. */
  readonly rays: Float64Array;
  /** Standard deviation of a coordinate, in the same unit. */
  readonly deviation: number;
}

export interface BundleOptions {
  /** Standard deviation of z expected before anything was seen, in units of the shape. */
  readonly reliefPrior: number;
  readonly rounds: number;
}

export interface BundleResult {
  readonly scene: Scene;
  /** Sum of squares of deviations over their standard deviations, prior included. */
  readonly cost: number;
}

/** Relative gain of a step below which the next is not worth its time. */
const ENOUGH = 2e-3;

/**
 * Bundle adjustment: points and views that together explain the observations best (Triggs et al. 1999), by
 * Levenberg–Marquardt steps whose points are eliminated first. The prior pulls z to zero, so that relief which the
 * frames do not show does not appear.
 */
export function adjustBundle(
  start: Scene,
  observations: readonly Observation[],
  { reliefPrior, rounds }: BundleOptions,
): BundleResult {
  let scene = start;
  let cost = costOf(scene, observations, reliefPrior);
  let damping = 1e-3;
  const equations = new NormalEquations(scene.views.length, scene.points.length);
  for (let round = 0; round < rounds; round++) {
    equations.reset();
    accumulate(equations, scene, observations, reliefPrior);
    const step = equations.solve(damping);
    const next = step && moved(scene, step);
    const nextCost = next ? costOf(next, observations, reliefPrior) : Infinity;
    if (!next || !(nextCost < cost)) {
      damping *= 8;
      if (damping > 1e8) break;
      continue;
    }
    const gain = (cost - nextCost) / cost;
    scene = next;
    cost = nextCost;
    damping = Math.max(damping / 6, 1e-7);
    if (gain < ENOUGH) break;
  }
  return { scene, cost };
}

/** Where a point is seen from a view: x/z and y/z. */
export function project({ rotation, translation }: View, point: Point3): readonly [number, number] {
  const [x, y, z] = rotatePoint(rotation, point);
  const depth = z + translation[2];
  return [(x + translation[0]) / depth, (y + translation[1]) / depth];
}

function costOf({ points, views }: Scene, observations: readonly Observation[], reliefPrior: number): number {
  let sum = 0;
  for (const [, , z] of points) sum += (z / reliefPrior) ** 2;
  views.forEach((view, f) => {
    const { rays, deviation } = observations[f] as Observation;
    points.forEach((point, i) => {
      const [u, v] = project(view, point);
      sum += ((u - real(rays, 2 * i)) ** 2 + (v - real(rays, 2 * i + 1)) ** 2) / deviation ** 2;
    });
    if (view.translation[2] <= 0) sum = Infinity;
  });
  return Number.isNaN(sum) ? Infinity : sum;
}

function accumulate(
  equations: NormalEquations,
  { points, views }: Scene,
  observations: readonly Observation[],
  reliefPrior: number,
): void {
  const camera = new Float64Array(6);
  const place = new Float64Array(3);
  views.forEach((view, f) => {
    const { rays, deviation } = observations[f] as Observation;
    const [r0, r1, r2] = view.rotation;
    points.forEach((point, i) => {
      const [x, y, z] = rotatePoint(view.rotation, point);
      const depth = z + view.translation[2];
      const u = (x + view.translation[0]) / depth;
      const v = (y + view.translation[1]) / depth;
      const unit = 1 / (depth * deviation);
      // A row of ∂(u, v)/∂(place in the camera's frame); a left increment ω moves the turned point by ω × p.
      const addRow = (dx: number, dy: number, dz: number, residual: number): void => {
        camera[0] = dz * y - dy * z;
        camera[1] = dx * z - dz * x;
        camera[2] = dy * x - dx * y;
        camera[3] = dx;
        camera[4] = dy;
        camera[5] = dz;
        place[0] = dx * r0[0] + dy * r1[0] + dz * r2[0];
        place[1] = dx * r0[1] + dy * r1[1] + dz * r2[1];
        place[2] = dx * r0[2] + dy * r1[2] + dz * r2[2];
        equations.add(f, i, camera, place, residual);
      };
      addRow(unit, 0, -u * unit, (u - real(rays, 2 * i)) / deviation);
      addRow(0, unit, -v * unit, (v - real(rays, 2 * i + 1)) / deviation);
    });
  });
  points.forEach(([, , z], i) => equations.addDepthPrior(i, 1 / reliefPrior ** 2, z));
}

function moved({ points, views }: Scene, { cameras, shape }: BundleStep): Scene {
  return {
    points: points.map(([x, y, z], i): Point3 => [
      x + real(shape, 3 * i),
      y + real(shape, 3 * i + 1),
      z + real(shape, 3 * i + 2),
    ]),
    views: views.map(({ rotation, translation: [x, y, z] }, f) => {
      const step = (k: number): number => real(cameras, 6 * f + k);
      return {
        rotation: multiply(incrementalRotation([step(0), step(1), step(2)]), rotation),
        translation: [x + step(3), y + step(4), z + step(5)],
      };
    }),
  };
}
