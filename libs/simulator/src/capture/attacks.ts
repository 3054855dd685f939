import sharp from 'sharp';
import { type Subject } from '../head/subject.js';
import { type Amplitudes } from '../motion/performance.js';
import { Random } from '../random.js';
import { encodeJpeg } from './encode.js';
import { type Handling, renderHeldSheet } from './held-sheet.js';
import { type RawFrame, renderLive, simulateLive } from './live.js';
import { photographOf } from './photograph.js';
import { renderScreen } from './screen.js';
import { type CaptureOptions, type SimulatedCapture, type Species } from './simulated-capture.js';
import { renderKenBurns, renderStill } from './still.js';

const COMMON = { nodDeg: [14, 24], approach: [1.28, 1.42] } as const satisfies Partial<Amplitudes>;

const HANDLING = {
  print: { amplitudes: { ...COMMON, turnDeg: [24, 38] } },
  print_over_rotated: { amplitudes: { ...COMMON, turnDeg: [48, 62] } },
  bent_print: { amplitudes: { ...COMMON, turnDeg: [24, 40] }, radiusMm: [75, 150] },
} as const satisfies Partial<Record<Species, Handling>>;

/** An attacker who has a photograph or video of the subject answers the challenge with it. Same seed, same bytes. */
export async function simulateAttack(
  species: Species,
  subject: Subject,
  options: CaptureOptions,
): Promise<SimulatedCapture> {
  const random = new Random(options.seed, species);
  if (species === 'resubmission')
    return resubmit(await simulateLive(subject, options), random.pick(['same_bytes', 're_encoded']));
  const frames = await framesOf(species, subject, options, random);
  const quality = random.fork('quality').between(84, 93);
  return {
    synthetic: true,
    label: 'attack',
    species,
    challenge: options.challenge,
    seed: options.seed,
    frames: await Promise.all(
      frames.map(async ({ picture, tMs, truth }, i) => ({
        // Whoever feeds the same picture in varies at least the encoding.
        jpeg: await encodeJpeg(picture, species === 'still' ? quality - (i % 5) : quality),
        tMs,
        truth,
      })),
    ),
  };
}

/** A genuine capture sent once more: byte by byte, or encoded anew to hide it. */
export async function resubmit(
  capture: SimulatedCapture,
  how: 'same_bytes' | 're_encoded',
): Promise<SimulatedCapture> {
  const again = (jpeg: Buffer): Promise<Buffer> =>
    how === 'same_bytes' ? Promise.resolve(jpeg) : sharp(jpeg).jpeg({ quality: 80 }).toBuffer();
  return {
    ...capture,
    label: 'attack',
    species: 'resubmission',
    frames: await Promise.all(
      capture.frames.map(async (frame) => ({ ...frame, jpeg: await again(frame.jpeg) })),
    ),
  };
}

async function framesOf(
  species: Exclude<Species, 'resubmission'>,
  subject: Subject,
  options: CaptureOptions,
  random: Random,
): Promise<RawFrame[]> {
  switch (species) {
    case 'print':
    case 'print_over_rotated':
    case 'bent_print':
      return renderHeldSheet(await photographOf(subject, options.seed), options, HANDLING[species], random);
    case 'screen_replay':
      return renderScreen(await renderLive(subject, options, random.fork('video')), options, random);
    case 'still':
    case 'kenburns': {
      const [neutral] = await renderLive(
        subject,
        { ...options, frameCount: options.challenge.length + 1 },
        random,
      );
      if (!neutral) return [];
      return species === 'still'
        ? renderStill(neutral.picture, options, random)
        : renderKenBurns(neutral.picture, options, random);
    }
  }
}
