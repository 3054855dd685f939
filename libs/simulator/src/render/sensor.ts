import { type RgbImage } from '#biometrics';
import { Random } from '../random.js';
import { type Raster } from './rasteriser.js';
import { LIGHT_STEPS, SRGB } from './texture.js';

export interface Sensor {
  /** Factor on the light. */
  readonly exposure: number;
  /** Factors on red and blue: the camera's idea of white. */
  readonly whiteBalance: readonly [red: number, blue: number];
  /** Standard deviation of a mid-grey pixel in grey levels. */
  readonly noise: number;
}

/** Far more than a row holds, so that rows start at different places. */
const NOISE_SAMPLES = 131_071;

/** Turns light into an 8-bit picture: a little blur of the lens (1-2-1), exposure, sRGB, noise. */
export function expose(raster: Raster, sensor: Sensor, random: Random): RgbImage {
  const { width, height } = raster;
  const light = blurred(raster);
  const { exposure, whiteBalance } = sensor;
  const gains = Float32Array.of(exposure * whiteBalance[0], exposure, exposure * whiteBalance[1]);
  const noise = (noiseTable ??= drawNoise());
  const data = new Uint8Array(light.length);
  const stride = 3 * width;
  for (let row = 0; row < data.length; row += stride) {
    let n = random.integer(NOISE_SAMPLES - stride);
    for (let i = row; i < row + stride; i += 3) {
      for (let channel = 0; channel < 3; channel++) {
        const linear = (light[i + channel] as number) * (gains[channel] as number) * LIGHT_STEPS;
        const value = SRGB[linear < LIGHT_STEPS ? linear | 0 : LIGHT_STEPS] as number;
        // Dark pixels are noisier after the tone curve has lifted them.
        const noisy = value + sensor.noise * (1.3 - value / 425) * (noise[n++] as number) + 0.5;
        data[i + channel] = noisy < 0 ? 0 : noisy > 255 ? 255 : noisy;
      }
    }
  }
  return { width, height, data };
}

let noiseTable: Float32Array | undefined;

/** The same for all pictures, which start at different places in it: drawing a million numbers a picture would take longest. */
function drawNoise(): Float32Array {
  const random = new Random(0, 'sensor');
  return Float32Array.from({ length: NOISE_SAMPLES }, () => random.normal());
}

function blurred({ width, height, colour }: Raster): Float32Array {
  const rows = new Float32Array(colour.length);
  const stride = width * 3;
  for (let y = 0; y < height; y++) {
    const start = y * stride;
    for (let i = start; i < start + stride; i++) {
      const before = i - 3 < start ? i : i - 3;
      const after = i + 3 >= start + stride ? i : i + 3;
      rows[i] = 0.25 * ((colour[before] as number) + (colour[after] as number)) + 0.5 * (colour[i] as number);
    }
  }
  const out = new Float32Array(colour.length);
  for (let i = 0; i < out.length; i++) {
    const above = i < stride ? i : i - stride;
    const below = i + stride >= out.length ? i : i + stride;
    out[i] = 0.25 * ((rows[above] as number) + (rows[below] as number)) + 0.5 * (rows[i] as number);
  }
  return out;
}
