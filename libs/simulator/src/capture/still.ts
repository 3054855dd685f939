import sharp from 'sharp';
import { type RgbImage } from '#biometrics';
import { perform } from '../motion/performance.js';
import { type Random } from '../random.js';
import { resized } from '../render/texture.js';
import { type RawFrame } from './live.js';
import { type CaptureOptions, frameCountOf } from './simulated-capture.js';

const ENLARGED = 1.5;

/** One picture fed in again and again in place of a camera's. */
export function renderStill(still: RgbImage, options: CaptureOptions, random: Random): RawFrame[] {
  return perform(options.challenge, frameCountOf(options), random).map(({ tMs, action }) => ({
    picture: still,
    tMs,
    truth: { ...STRAIGHT, ...(action && { action }) },
  }));
}

/** One picture panned and zoomed, as slide shows do. */
export async function renderKenBurns(
  still: RgbImage,
  options: CaptureOptions,
  random: Random,
): Promise<RawFrame[]> {
  const large = await resized(still, ENLARGED);
  const corner = (): readonly [number, number, number] => [
    random.between(0.1, 0.9),
    random.between(0.1, 0.9),
    random.between(1 / ENLARGED, 0.92),
  ];
  const [from, to] = [corner(), corner()];
  const moments = perform(options.challenge, frameCountOf(options), random);
  return Promise.all(
    moments.map(async ({ tMs, action }, i) => {
      const f = moments.length > 1 ? i / (moments.length - 1) : 0;
      const at = (axis: 0 | 1 | 2): number => from[axis] + (to[axis] - from[axis]) * f;
      const width = Math.round(large.width * at(2));
      const height = Math.round(large.height * at(2));
      const data = await sharp(large.data, {
        raw: { width: large.width, height: large.height, channels: 3 },
      })
        .extract({
          left: Math.round((large.width - width) * at(0)),
          top: Math.round((large.height - height) * at(1)),
          width,
          height,
        })
        .resize(still.width, still.height, { fit: 'fill' })
        .raw()
        .toBuffer();
      return {
        picture: { width: still.width, height: still.height, data },
        tMs,
        truth: { ...STRAIGHT, ...(action && { action }) },
      };
    }),
  );
}

const STRAIGHT = { yawDeg: 0, pitchDeg: 0, rollDeg: 0 };
