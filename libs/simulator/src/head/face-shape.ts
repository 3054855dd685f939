import {
  CANONICAL_IPD_MM,
  canonicalFace,
  fitRotation,
  LANDMARK_COUNT,
  LANDMARK_STRIDE,
  type Matrix3,
  type Point2,
  RIGID_POINTS,
  rotatePoint,
} from '#biometrics';
import { transpose } from '../render/rigid.js';

/** A face taken off its portrait, and the way back. */
export interface FaceShape {
  /** 478 × (x, y, z) in millimetres, turned to look straight ahead, midpoint of the eyes at the origin. */
  readonly positions: Float32Array;
  /** Where a point of the face lies in the portrait, in pixels (weak perspective). */
  project(x: number, y: number, z: number): Point2;
}

/**
 * Turns the network's landmarks to look straight ahead and scales them to eyes 63 mm apart.
 * @param landmarks 478 × (x, y, z) in pixels of the portrait.
 * @param relief factor on the depth of the face.
 * @throws {RangeError} when the landmarks are missing or coincide.
 */
export function faceShape(landmarks: Float32Array, relief: number): FaceShape {
  if (landmarks.length !== LANDMARK_COUNT * LANDMARK_STRIDE)
    throw new RangeError(`a face has ${LANDMARK_COUNT} landmarks`);
  const at = (i: number): [number, number, number] => [
    landmarks[3 * i] ?? NaN,
    landmarks[3 * i + 1] ?? NaN,
    landmarks[3 * i + 2] ?? NaN,
  ];
  const rotation: Matrix3 = fitRotation(
    RIGID_POINTS.map(({ position }) => position),
    RIGID_POINTS.map(({ index }) => at(index)),
  );
  const back = transpose(rotation);
  const centre = [33, 133, 362, 263]
    .map(at)
    .reduce((sum, p) => [sum[0] + p[0] / 4, sum[1] + p[1] / 4, sum[2] + p[2] / 4], [0, 0, 0]);
  const eye = (a: number, b: number): number[] => at(a).map((v, axis) => (v + (at(b)[axis] ?? NaN)) / 2);
  const [right, left] = [eye(33, 133), eye(362, 263)];
  const scale = CANONICAL_IPD_MM / Math.hypot(...left.map((v, axis) => v - (right[axis] ?? NaN)));
  const positions = new Float32Array(landmarks.length);
  for (let i = 0; i < LANDMARK_COUNT; i++) {
    const [x, y, z] = at(i);
    const turned = rotatePoint(back, [x - centre[0], y - centre[1], z - centre[2]]);
    positions.set(
      turned.map((value) => scale * value),
      3 * i,
    );
  }
  const deepening = relief * likelyRelief(positions);
  for (let i = 2; i < positions.length; i += 3) positions[i] = deepening * (positions[i] as number);
  return {
    positions,
    project: (x, y, z) => {
      const [u, v] = rotatePoint(rotation, [x / scale, y / scale, z / scale / deepening]);
      return { x: centre[0] + u, y: centre[1] + v };
    },
  };
}

/** Nose tip to before the ears, on average, for a face as large as the canonical one: millimetres. */
const DEPTH_MM = 110;

/**
 * The network gives nearly the same depth to all faces; heads that are larger for their eyes are deeper too, and on the
 * whole deeper than it says (Farkas 1994: tragion to nose tip 120 to 130 mm in adults).
 */
function likelyRelief(face: Float32Array): number {
  const extent = (shape: Float32Array, a: number, b: number, axis: number): number =>
    Math.abs((shape[3 * b + axis] as number) - (shape[3 * a + axis] as number));
  const size = (shape: Float32Array): number => extent(shape, 234, 454, 0) * extent(shape, 10, 152, 1);
  const depth = (extent(face, 1, 234, 2) + extent(face, 1, 454, 2)) / 2;
  return (DEPTH_MM * Math.sqrt(size(face) / size(canonicalFace()))) / depth;
}
