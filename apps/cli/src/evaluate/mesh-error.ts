import { alignShape, type FusedMesh, LANDMARK_COUNT, LANDMARK_STRIDE } from '#biometrics';
import { distanceToTriangle, type Point } from './triangle.js';

/** Irises follow the gaze and have no place of their own on the face. */
const FIRST_IRIS = 468;

/** A surface in millimetres whose first 478 points are the landmarks. */
export interface Head {
  readonly positions: Float32Array;
  /** Three indices of points each. */
  readonly triangles: Uint16Array;
}

/**
 * RMS distance of a fused mesh's points from the surface of the head that was rendered, in millimetres on that head, after
 * turning, scaling and shifting the mesh onto it: pictures of one camera have no scale of their own. The distance to the
 * surface is what 3-D reconstruction is judged by (Sanyal et al. 2019, NoW); landmarks of the outline have no fixed place on it.
 * @throws {RangeError} when the head has fewer points than landmarks.
 */
export function meshErrorMm({ points }: Pick<FusedMesh, 'points'>, { positions, triangles }: Head): number {
  const landmarks = positions.subarray(0, LANDMARK_COUNT * LANDMARK_STRIDE);
  if (landmarks.length < LANDMARK_COUNT * LANDMARK_STRIDE) throw new RangeError('the head lacks landmarks');
  const aligned = alignShape(points, landmarks);
  const at = (list: ArrayLike<number>, index: number): Point => [
    list[3 * index] as number,
    list[3 * index + 1] as number,
    list[3 * index + 2] as number,
  ];
  const corners = Array.from(triangles, (index) => at(positions, index));
  let squares = 0;
  for (let i = 0; i < FIRST_IRIS; i++) {
    const point = at(aligned, i);
    let nearest = Infinity;
    for (let t = 0; t < corners.length; t += 3) {
      const [a, b, c] = [corners[t] as Point, corners[t + 1] as Point, corners[t + 2] as Point];
      nearest = Math.min(nearest, distanceToTriangle(point, a, b, c));
    }
    squares += nearest * nearest;
  }
  return Math.sqrt(squares / FIRST_IRIS);
}
