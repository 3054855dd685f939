import sharp, { type Sharp } from 'sharp';
import { Random } from '../random.js';
import { createFilter } from './filter.js';
import { type SimulatedCapture } from './simulated-capture.js';

/** How a genuine capture can be sent once more, from doing nothing to hide it to an app's filter over every frame. */
export const RESUBMISSIONS = ['same_bytes', 're_encoded', 're_cropped', 'filtered'] as const;
export type Resubmission = (typeof RESUBMISSIONS)[number];

/** A genuine capture sent once more: byte by byte, or with its pixels changed to hide it. The same seed gives the same filter. */
export async function resubmit(capture: SimulatedCapture, how: Resubmission): Promise<SimulatedCapture> {
  const change = CHANGES[how](capture);
  return {
    ...capture,
    label: 'attack',
    species: 'resubmission',
    frames: await Promise.all(
      capture.frames.map(async (frame) => ({ ...frame, jpeg: await change(frame.jpeg) })),
    ),
  };
}

type Change = (jpeg: Buffer) => Promise<Buffer>;

const CHANGES: Record<Resubmission, (capture: SimulatedCapture) => Change> = {
  same_bytes: () => (jpeg) => Promise.resolve(jpeg),
  re_encoded: () => (jpeg) => sharp(jpeg).jpeg({ quality: 80 }).toBuffer(),
  re_cropped: () => async (jpeg) => (await cropped(sharp(jpeg))).jpeg({ quality: 80 }).toBuffer(),
  filtered: ({ seed }) => createFilter(new Random(seed, 'filter')),
};

/** Cuts an uneven border off and enlarges the rest to the former size. */
async function cropped(picture: Sharp): Promise<Sharp> {
  const { width, height } = await picture.metadata();
  return picture
    .extract({
      left: Math.round(0.05 * width),
      top: Math.round(0.03 * height),
      width: Math.round(0.9 * width),
      height: Math.round(0.92 * height),
    })
    .resize(width, height, { fit: 'fill' });
}
