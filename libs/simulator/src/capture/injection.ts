import sharp from 'sharp';
import { drawFlash, linearLight, type RgbImage } from '#biometrics';
import { type Subject } from '../head/subject.js';
import { type Random } from '../random.js';
import { type RawFrame, renderLive } from './live.js';
import { type CaptureOptions, frameCountOf } from './simulated-capture.js';
import { tinted } from './tint.js';

/** Whether an injected recording knows of colours: it was made without any, with those of another capture, or is tinted as asked. */
export type Colouring = 'none' | 'other' | 'whole_frame' | 'face';

/** Of libwebp's scale of 0 … 100. */
const VIDEO_QUALITY = [45, 75] as const;

/** A video of a live person, doing as asked, fed in where a camera's pictures belong. */
export async function renderInjection(
  subject: Subject,
  options: CaptureOptions,
  colouring: Colouring,
  random: Random,
): Promise<RawFrame[]> {
  const { flash, ...plain } = options;
  const made = { ...plain, frameCount: frameCountOf(options) };
  const video = random.fork('video');
  const quality = random.fork('codec').between(...VIDEO_QUALITY);
  const recorded = async (shown: CaptureOptions): Promise<RawFrame[]> =>
    Promise.all((await renderLive(subject, shown, video)).map((frame) => compressed(frame, quality)));
  if (!flash || colouring === 'none') return recorded(made);
  if (colouring === 'other') return recorded({ ...made, flash: otherColours(flash, random) });
  const strength = random.between(0.04, 0.25);
  const frames = await recorded(made);
  return frames.map((frame, i) => ({
    ...frame,
    picture: tinted(
      frame.picture,
      linearLight(flash[i] ?? '#ffffff'),
      strength,
      colouring === 'face' ? frame.landmarks : undefined,
    ),
  }));
}

/** A key frame of VP8 as video calls send it: what was noise of a sensor is mostly gone. */
async function compressed(frame: RawFrame, quality: number): Promise<RawFrame> {
  const { width, height, data } = frame.picture;
  const encoded = await sharp(data, { raw: { width, height, channels: 3 } })
    .webp({ quality: Math.round(quality), effort: 0 })
    .toBuffer();
  const picture: RgbImage = { width, height, data: await sharp(encoded).removeAlpha().raw().toBuffer() };
  return { ...frame, picture };
}

/** The colours of some other capture. */
export function otherColours({ length }: readonly string[], random: Random): string[] {
  const other = random.fork('other colours');
  return drawFlash(length, (n) => other.integer(n));
}
