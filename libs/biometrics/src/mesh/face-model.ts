import { LANDMARK_STRIDE } from '../geometry/landmarks.js';
import { at } from './linear.js';

/** A face as a triangle mesh in landmark order. */
export interface FaceModel {
  /** 478 × (x, y, z) in millimetres: x to the image's right, y down, z away from the camera. */
  readonly points: Float32Array;
  /** Three indices per triangle, clockwise as the camera sees them. */
  readonly triangles: readonly number[];
}

/**
 * Unit normals of the vertices, pointing out of the face, from the triangles around each weighted by area.
 * @returns x, y, z per point, in the model's axes; (0, 0, −1) where no triangle has an area.
 */
export function vertexNormals({ points, triangles }: FaceModel): Float32Array {
  const normals = new Float32Array(points.length);
  for (let t = 0; t < triangles.length; t += 3) {
    const corners = [at(triangles, t), at(triangles, t + 1), at(triangles, t + 2)].map(
      (i) => i * LANDMARK_STRIDE,
    );
    const [a = 0, b = 0, c = 0] = corners;
    const edge = (from: number, to: number, axis: number): number =>
      at(points, to + axis) - at(points, from + axis);
    for (let axis = 0; axis < 3; axis++) {
      const [j, k] = [(axis + 1) % 3, (axis + 2) % 3];
      // Clockwise triangles: the product of their edges points into the face.
      const area = edge(a, b, k) * edge(a, c, j) - edge(a, b, j) * edge(a, c, k);
      for (const corner of corners) normals[corner + axis] = at(normals, corner + axis) + area;
    }
  }
  for (let i = 0; i < normals.length; i += 3) {
    const length = Math.hypot(at(normals, i), at(normals, i + 1), at(normals, i + 2));
    normals.set(
      length > 0
        ? [at(normals, i) / length, at(normals, i + 1) / length, at(normals, i + 2) / length]
        : [0, 0, -1],
      i,
    );
  }
  return normals;
}
