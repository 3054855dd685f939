import { type Light, lambert } from '../render/light.js';
import { type Mesh } from '../render/mesh.js';

/** A mesh in its place before the camera, and the light on its vertices. */
export interface Prop {
  readonly mesh: Mesh;
  readonly shade: Float32Array;
  /** Share of a screen's light that the surface gives back evenly, whatever it shows, as glass does; none: as its texture does. */
  readonly glass?: number;
}

/** A surface lit by the room. */
export function lit(mesh: Mesh, light: Light): Prop {
  return { mesh, shade: lambert(mesh.positions, mesh.triangles, light) };
}
