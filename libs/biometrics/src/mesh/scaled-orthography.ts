import { LANDMARK_STRIDE } from '../geometry/landmarks.js';
import { RIGID_POINTS } from '../geometry/rigid-points.js';
import { type Matrix3, type Point3 } from '../geometry/rotation.js';
import { pointAt } from './align-shape.js';
import { at, solvePositiveDefinite } from './linear.js';

/** A scaled orthographic camera: image = scale · (first two rows of `rotation`) · point + shift. */
export interface OrthographicView {
  readonly rotation: Matrix3;
  /** Pixels per unit of the shape. */
  readonly scale: number;
  readonly shift: readonly [x: number, y: number];
}

/**
 * The view under which the rigid points of a shape lie nearest `image` (POS, DeMenthon & Davis 1995): an affine camera by
 * least squares, then the nearest one with perpendicular axes of one scale.
 * @param shape 478 × (x, y, z).
 * @param image 478 × (x, y) in pixels.
 * @throws {RangeError} when the rigid points lie in a plane or are not finite.
 */
export function fitView(shape: ArrayLike<number>, image: ArrayLike<number>): OrthographicView {
  const [a, tx] = affineRow(shape, image, 0);
  const [b, ty] = affineRow(shape, image, 1);
  const u = unit(a);
  const v = unit(b);
  const along = unit([u[0] + v[0], u[1] + v[1], u[2] + v[2]]);
  const across = unit([u[0] - v[0], u[1] - v[1], u[2] - v[2]]);
  const half = (sign: number): Point3 =>
    unit([along[0] + sign * across[0], along[1] + sign * across[1], along[2] + sign * across[2]]);
  const right = half(1);
  const down = half(-1);
  const away: Point3 = [
    right[1] * down[2] - right[2] * down[1],
    right[2] * down[0] - right[0] * down[2],
    right[0] * down[1] - right[1] * down[0],
  ];
  const scale = (Math.hypot(...a) + Math.hypot(...b)) / 2;
  if (!Number.isFinite(scale + tx + ty)) throw new RangeError('the landmarks have no view');
  return { rotation: [right, down, away], scale, shift: [tx, ty] };
}

function affineRow(shape: ArrayLike<number>, image: ArrayLike<number>, axis: 0 | 1): [Point3, number] {
  const normal = new Float64Array(16);
  const right = new Float64Array(4);
  for (const { index } of RIGID_POINTS) {
    const row = [...pointAt(shape, index), 1];
    const target = at(image, index * 2 + axis);
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < 4; j++) normal[4 * i + j] = at(normal, 4 * i + j) + at(row, i) * at(row, j);
      right[i] = at(right, i) + at(row, i) * target;
    }
  }
  if (!solvePositiveDefinite(normal, right))
    throw new RangeError('the rigid points of the shape lie in a plane');
  return [[at(right, 0), at(right, 1), at(right, 2)], at(right, 3)];
}

/** Depth of each point behind the shape's origin, in units of the shape. */
export function depths(shape: ArrayLike<number>, { rotation }: OrthographicView): Float64Array {
  const [x, y, z] = rotation[2];
  return Float64Array.from({ length: shape.length / LANDMARK_STRIDE }, (_, i) => {
    const from = i * LANDMARK_STRIDE;
    return x * at(shape, from) + y * at(shape, from + 1) + z * at(shape, from + 2);
  });
}

function unit([x, y, z]: Point3): Point3 {
  const length = Math.hypot(x, y, z);
  return [x / length, y / length, z / length];
}
