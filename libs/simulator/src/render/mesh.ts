import { type Texture } from './texture.js';

/** A textured surface. */
export interface Mesh {
  /** (x, y, z) in millimetres. */
  readonly positions: Float32Array;
  /** (u, v) in pixels of the texture. */
  readonly uv: Float32Array;
  /** Indices of three vertices each, clockwise as seen from outside (y down). */
  readonly triangles: Uint16Array;
  readonly texture: Texture;
}

/** Unit normals of the vertices, pointing out, weighted by the areas of the triangles around. */
export function vertexNormals(positions: Float32Array, triangles: Uint16Array): Float32Array {
  const normals = new Float32Array(positions.length);
  for (let t = 0; t < triangles.length; t += 3) {
    const a = 3 * (triangles[t] as number);
    const b = 3 * (triangles[t + 1] as number);
    const c = 3 * (triangles[t + 2] as number);
    const ux = (positions[b] as number) - (positions[a] as number);
    const uy = (positions[b + 1] as number) - (positions[a + 1] as number);
    const uz = (positions[b + 2] as number) - (positions[a + 2] as number);
    const vx = (positions[c] as number) - (positions[a] as number);
    const vy = (positions[c + 1] as number) - (positions[a + 1] as number);
    const vz = (positions[c + 2] as number) - (positions[a + 2] as number);
    // Clockwise on a y-down screen with z away from the viewer: v × u points at the viewer.
    const nx = vy * uz - vz * uy;
    const ny = vz * ux - vx * uz;
    const nz = vx * uy - vy * ux;
    for (const i of [a, b, c]) {
      normals[i] = (normals[i] as number) + nx;
      normals[i + 1] = (normals[i + 1] as number) + ny;
      normals[i + 2] = (normals[i + 2] as number) + nz;
    }
  }
  for (let i = 0; i < normals.length; i += 3) {
    const length = Math.hypot(normals[i] as number, normals[i + 1] as number, normals[i + 2] as number) || 1;
    for (let k = i; k < i + 3; k++) normals[k] = (normals[k] as number) / length;
  }
  return normals;
}
