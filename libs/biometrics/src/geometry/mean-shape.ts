import { LANDMARK_STRIDE } from './landmarks.js';
import { fitRotation, type Point3, rotatePoint } from './rotation.js';

/** A landmark and its mirror image; landmarks on the mid-line are their own. */
export type MirrorPair = readonly [index: number, mirrored: number];

export interface ShapePoint {
  readonly index: number;
  /** x to the image's right, y down, z away from the camera; unit: mean distance from the centroid. */
  readonly position: Point3;
}

const ROUNDS = 10;

/**
 * Generalised Procrustes mean of several faces (Gower 1975), each taken together with its mirror image, so that the mean
 * is symmetric and looks straight ahead sideways; its pitch is the mean pitch of the faces.
 * @param faces lists of 478 × (x, y, z), as the landmark network gives them.
 * @param pairs the landmarks to use; both of a pair are returned.
 */
export function meanShape(faces: readonly Float32Array[], pairs: readonly MirrorPair[]): ShapePoint[] {
  const indices = [...new Set(pairs.flat())];
  const mirrorOf = new Map(pairs.flatMap(([a, b]) => [[a, b] as const, [b, a] as const]));
  const shapes = faces.flatMap((face) => {
    const shape = normalise(indices.map((index) => pointOf(face, index)));
    const mirrored = indices.map((index) => shape[indices.indexOf(mirrorOf.get(index) ?? index)] ?? ORIGIN);
    return [shape, mirrored.map(([x, y, z]): Point3 => [-x, y, z])];
  });
  let mean = normalise(average(shapes));
  for (let round = 0; round < ROUNDS; round++) {
    const turned = shapes.map((shape) => {
      const rotation = fitRotation(shape, mean);
      return shape.map((point) => rotatePoint(rotation, point));
    });
    mean = normalise(average(turned));
  }
  return indices.map((index, i) => ({ index, position: mean[i] ?? ORIGIN }));
}

const ORIGIN: Point3 = [0, 0, 0];

function pointOf(face: Float32Array, index: number): Point3 {
  const at = index * LANDMARK_STRIDE;
  return [face[at] ?? NaN, face[at + 1] ?? NaN, face[at + 2] ?? NaN];
}

function average(shapes: readonly (readonly Point3[])[]): Point3[] {
  const [first = []] = shapes;
  return first.map((_, i) => {
    const sum = (axis: 0 | 1 | 2): number =>
      shapes.reduce((total, shape) => total + (shape[i] ?? ORIGIN)[axis], 0) / shapes.length;
    return [sum(0), sum(1), sum(2)];
  });
}

/** Centroid at the origin, mean distance from it 1. */
function normalise(shape: readonly Point3[]): Point3[] {
  const centre = centroid(shape);
  const centred = shape.map(([x, y, z]): Point3 => [x - centre[0], y - centre[1], z - centre[2]]);
  const size = centred.reduce((sum, point) => sum + Math.hypot(...point), 0) / centred.length;
  return centred.map(([x, y, z]): Point3 => [x / size, y / size, z / size]);
}

function centroid(shape: readonly Point3[]): Point3 {
  const sum = (axis: 0 | 1 | 2): number =>
    shape.reduce((total, point) => total + point[axis], 0) / shape.length;
  return [sum(0), sum(1), sum(2)];
}
