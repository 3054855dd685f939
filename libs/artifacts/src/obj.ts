import { type FusedMesh, vertexNormals } from '#biometrics';
import { counterclockwise, upright } from './gltf-axes.js';

/**
 * A face mesh as Wavefront OBJ text: vertices in millimetres (y up, z towards the viewer) in landmark order, normals, and
 * triangles counterclockwise from outside.
 */
export function encodeObj(mesh: FusedMesh): Buffer {
  const vectors = (keyword: string, values: Float32Array, digits: number): string[] =>
    Array.from({ length: values.length / 3 }, (_, i) =>
      [keyword, ...Array.from(values.subarray(3 * i, 3 * i + 3), (v) => v.toFixed(digits))].join(' '),
    );
  const indices = counterclockwise(mesh.triangles);
  const faces = Array.from({ length: indices.length / 3 }, (_, t) =>
    ['f', ...Array.from(indices.subarray(3 * t, 3 * t + 3), (i) => `${i + 1}//${i + 1}`)].join(' '),
  );
  const lines = [
    `# Face mesh in millimetres; scale assumed: ${mesh.scale.interPupillaryMm} mm between the eyes.`,
    'o face',
    ...vectors('v', upright(mesh.points, 1), 3),
    ...vectors('vn', upright(vertexNormals(mesh), 1), 4),
    ...faces,
    '',
  ];
  return Buffer.from(lines.join('\n'));
}
