import { type Matrix3, type RgbImage } from '#biometrics';
import { type Random } from '../random.js';
import { Raster } from '../render/rasteriser.js';
import { transformPoints } from '../render/rigid.js';
import { expose } from '../render/sensor.js';
import { adapted, addFlash } from './flash-light.js';
import { type Prop } from './prop.js';
import { type Setting } from './setting.js';

const ORIGIN = [0, 0, 0] as const;

/**
 * Takes the picture of some props before the wall of the room.
 * @param flash what the screen around the camera shows, in linear light; none: it is dark.
 */
export function takePicture(
  setting: Setting,
  props: readonly Prop[],
  tMs: number,
  random: Random,
  flash?: readonly [red: number, green: number, blue: number],
): RgbImage {
  const shake: Matrix3 = setting.shake(tMs);
  const wall: Prop = {
    mesh: setting.room.wall,
    shade: new Float32Array(setting.room.wall.positions.length / 3).fill(0.9),
  };
  const scene = [...props, wall].map((prop) => ({
    ...prop,
    mesh: { ...prop.mesh, positions: transformPoints(prop.mesh.positions, shake, ORIGIN, ORIGIN) },
  }));
  const raster = new Raster(setting.camera);
  for (const { mesh, shade } of scene) raster.draw(mesh, shade);
  const sensor = setting.sensor(tMs);
  return expose(
    raster,
    flash ? adapted(sensor, addFlash(raster, scene, setting, flash), setting) : sensor,
    random,
  );
}
