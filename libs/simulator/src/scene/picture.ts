import { type Matrix3, type RgbImage } from '#biometrics';
import { type Random } from '../random.js';
import { type Light, lambert } from '../render/light.js';
import { type Mesh } from '../render/mesh.js';
import { Raster } from '../render/rasteriser.js';
import { transformPoints } from '../render/rigid.js';
import { expose } from '../render/sensor.js';
import { type Setting } from './setting.js';

/** A mesh in its place before the camera, and the light on its vertices. */
export interface Prop {
  readonly mesh: Mesh;
  readonly shade: Float32Array;
}

const ORIGIN = [0, 0, 0] as const;

/** A surface lit by the room. */
export function lit(mesh: Mesh, light: Light): Prop {
  return { mesh, shade: lambert(mesh.positions, mesh.triangles, light) };
}

/** Takes the picture of some props before the wall of the room. */
export function takePicture(setting: Setting, props: readonly Prop[], tMs: number, random: Random): RgbImage {
  const shake: Matrix3 = setting.shake(tMs);
  const raster = new Raster(setting.camera);
  const wall: Prop = { mesh: setting.room.wall, shade: new Float32Array(4).fill(0.9) };
  for (const { mesh, shade } of [...props, wall])
    raster.draw({ ...mesh, positions: transformPoints(mesh.positions, shake, ORIGIN, ORIGIN) }, shade);
  return expose(raster, setting.sensor(tMs), random);
}
