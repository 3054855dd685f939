import { type Mesh } from '../render/mesh.js';
import { Raster } from '../render/rasteriser.js';
import { screenIlluminance } from '../render/screen-light.js';
import { type Sensor } from '../render/sensor.js';
import { type Texture } from '../render/texture.js';
import { type Prop } from './prop.js';
import { type FlashSetting, type Setting } from './setting.js';

type Rgb = readonly [red: number, green: number, blue: number];

/** What glass gives back of a screen's light, it gives back without its picture. */
const EVEN: Texture = { width: 2, height: 2, data: new Float32Array(12).fill(1) };

/**
 * Adds the light of the screen to a picture of a scene: light adds up, so the scene is drawn once more lit by the screen alone.
 * @returns how much brighter each channel became on the whole, as a factor.
 */
export function addFlash(
  raster: Raster,
  scene: readonly Prop[],
  { camera, flash }: Pick<Setting, 'camera' | 'flash'>,
  shown: Rgb,
): Rgb {
  const alone = new Raster(camera);
  for (const { mesh, glass } of scene) {
    const share = (glass ?? 1) / flash.ambientLux;
    const shade = screenIlluminance(mesh.positions, mesh.triangles, flash.lamp).map((lux) => lux * share);
    const surface: Mesh = glass === undefined ? mesh : { ...mesh, texture: EVEN };
    alone.draw(surface, shade);
  }
  const [red, green, blue] = [0, 1, 2].map((c) =>
    add(raster.colour, alone.colour, c, (shown[c] as number) * (flash.tint[c] as number)),
  );
  return [red as number, green as number, blue as number];
}

function add(to: Float32Array, light: Float32Array, channel: number, factor: number): number {
  let [before, added] = [0, 0];
  for (let i = channel; i < to.length; i += 3) {
    const more = (light[i] as number) * factor;
    before += to[i] as number;
    added += more;
    to[i] = (to[i] as number) + more;
  }
  return 1 + added / Math.max(before, 1e-9);
}

/** A camera that has not yet fully answered a change of light; in the dark it amplifies more. */
export function adapted(
  { exposure, whiteBalance: [red, blue], noise }: Sensor,
  [r, g, b]: Rgb,
  { flash }: { readonly flash: FlashSetting },
): Sensor {
  const { exposureReacts, whiteBalanceReacts, ambientLux } = flash;
  return {
    exposure: exposure / g ** exposureReacts,
    whiteBalance: [red * (g / r) ** whiteBalanceReacts, blue * (g / b) ** whiteBalanceReacts],
    noise: noise * Math.min(2.5, Math.max(0.8, Math.sqrt(200 / ambientLux))),
  };
}
