import { vertexNormals } from './mesh.js';

/** One far lamp and light from everywhere. */
export interface Light {
  /** Unit vector from the surface to the lamp. */
  readonly direction: readonly [number, number, number];
  /** Share of the lamp in what a surface facing it gets: 0 … 1. */
  readonly strength: number;
}

/** Lambert's law: light reaching each vertex, 1 where a surface faces the lamp. */
export function lambert(positions: Float32Array, triangles: Uint16Array, light: Light): Float32Array {
  const normals = vertexNormals(positions, triangles);
  const [lx, ly, lz] = light.direction;
  const shade = new Float32Array(positions.length / 3);
  for (let i = 0; i < shade.length; i++) {
    const cosine =
      (normals[3 * i] as number) * lx +
      (normals[3 * i + 1] as number) * ly +
      (normals[3 * i + 2] as number) * lz;
    // Half-Lambert below the horizon, so that no part is quite black, as in a room.
    shade[i] = 1 - light.strength + light.strength * (cosine > 0 ? cosine : 0.3 * cosine);
  }
  return shade;
}
