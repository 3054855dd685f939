import { drawFlash, linearLight } from '#biometrics';
import { type Subject } from '../head/subject.js';
import { type Random } from '../random.js';
import { type RawFrame, renderLive } from './live.js';
import { type CaptureOptions, frameCountOf } from './simulated-capture.js';
import { tinted } from './tint.js';

/** Whether an injected recording knows of colours: it was made without any, with those of another capture, or is tinted as asked. */
export type Colouring = 'none' | 'other' | 'whole_frame' | 'face';

/** Perfect pictures of a live person, as asked, fed in where a camera's belong. */
export async function renderInjection(
  subject: Subject,
  options: CaptureOptions,
  colouring: Colouring,
  random: Random,
): Promise<RawFrame[]> {
  const { flash, ...plain } = options;
  const made = { ...plain, frameCount: frameCountOf(options) };
  const video = random.fork('video');
  if (!flash || colouring === 'none') return renderLive(subject, made, video);
  if (colouring === 'other')
    return renderLive(subject, { ...made, flash: otherColours(flash, random) }, video);
  const strength = random.between(0.04, 0.25);
  const frames = await renderLive(subject, made, video);
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

/** The colours of some other capture. */
export function otherColours({ length }: readonly string[], random: Random): string[] {
  const other = random.fork('other colours');
  return drawFlash(length, (n) => other.integer(n));
}
