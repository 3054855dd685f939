import sharp, { type Sharp } from 'sharp';
import { type Action, drawChallenge } from '#biometrics';
import { type Subject } from '../head/subject.js';
import { type Amplitudes } from '../motion/performance.js';
import { Random } from '../random.js';
import { renderCutOut } from './cut-out.js';
import { encodeJpeg } from './encode.js';
import { type Handling, renderHeldSheet } from './held-sheet.js';
import { renderInjection } from './injection.js';
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

export interface AttackOptions extends CaptureOptions {
  /** Who wears the mask of a cut-out, and whose face is there before it is swapped for the subject's; by default the subject's own. */
  readonly attacker?: Subject;
}

/**
 * An attacker who has a photograph or video of the subject answers the challenge with it. Same seed, same bytes.
 * @param subject for `rendered_head`: what {@link photographOf} the subject was made a head again.
 */
export async function simulateAttack(
  species: Species,
  subject: Subject,
  options: AttackOptions,
): Promise<SimulatedCapture> {
  const random = new Random(options.seed, species);
  if (species === 'resubmission')
    return resubmit(
      await simulateLive(subject, options),
      random.pick(['same_bytes', 're_encoded', 're_cropped']),
    );
  const frames = await framesOf(species, subject, options, random);
  const quality = random.fork('quality').between(84, 93);
  return {
    synthetic: true,
    label: 'attack',
    species,
    challenge: options.challenge,
    ...(options.flash && { flash: options.flash }),
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

/** A genuine capture sent once more: byte by byte, or encoded anew or cropped a little to hide it. */
export async function resubmit(
  capture: SimulatedCapture,
  how: 'same_bytes' | 're_encoded' | 're_cropped',
): Promise<SimulatedCapture> {
  const again = async (jpeg: Buffer): Promise<Buffer> => {
    if (how === 'same_bytes') return jpeg;
    const picture = sharp(jpeg);
    if (how === 're_cropped') await crop(picture);
    return picture.jpeg({ quality: 80 }).toBuffer();
  };
  return {
    ...capture,
    label: 'attack',
    species: 'resubmission',
    frames: await Promise.all(
      capture.frames.map(async (frame) => ({ ...frame, jpeg: await again(frame.jpeg) })),
    ),
  };
}

/** Cuts an uneven border off and enlarges the rest to the former size. */
async function crop(picture: Sharp): Promise<void> {
  const { width, height } = await picture.metadata();
  picture
    .extract({
      left: Math.round(0.05 * width),
      top: Math.round(0.03 * height),
      width: Math.round(0.9 * width),
      height: Math.round(0.92 * height),
    })
    .resize(width, height, { fit: 'fill' });
}

async function framesOf(
  species: Exclude<Species, 'resubmission'>,
  subject: Subject,
  options: AttackOptions,
  random: Random,
): Promise<RawFrame[]> {
  const { attacker = subject } = options;
  switch (species) {
    case 'print':
    case 'print_over_rotated':
    case 'bent_print':
      return renderHeldSheet(await photographOf(subject, options.seed), options, HANDLING[species], random);
    case 'cut_out_print':
      return renderCutOut(await photographOf(subject, options.seed), attacker, options, random);
    case 'screen_replay':
      return renderScreen(await renderInjection(subject, options, 'none', random), options, random);
    case 'screen_replay_wrong_challenge': {
      const wrong = { ...options, challenge: otherChallenge(options.challenge, random) };
      return renderScreen(await renderInjection(subject, wrong, 'none', random), options, random);
    }
    case 'screen_replay_other_flash':
      return renderScreen(await renderInjection(subject, options, 'other', random), options, random);
    case 'injection':
      return renderInjection(subject, options, 'none', random);
    case 'injection_other_flash':
      return renderInjection(subject, options, 'other', random);
    case 'injection_tinted_frame':
      return renderInjection(subject, options, 'whole_frame', random);
    case 'injection_tinted_face':
      return renderInjection(subject, options, 'face', random);
    case 'face_swap':
      return swapped(await renderLive(attacker, options, random), await renderLive(subject, options, random));
    case 'rendered_head':
      return renderLive(subject, options, random);
    case 'still':
    case 'kenburns': {
      const [neutral] = await renderLive(
        subject,
        { ...options, flash: undefined, frameCount: options.challenge.length + 1 },
        random,
      );
      if (!neutral) return [];
      return species === 'still'
        ? renderStill(neutral.picture, options, random)
        : renderKenBurns(neutral.picture, options, random);
    }
  }
}

/** The attacker's own face until half-way, the subject's from there on. */
function swapped(own: readonly RawFrame[], other: readonly RawFrame[]): RawFrame[] {
  return [...own.slice(0, own.length >> 1), ...other.slice(own.length >> 1)];
}

/** A challenge of the same length that asks for something else. */
function otherChallenge(challenge: readonly Action[], random: Random): Action[] {
  const other = random.fork('other challenge');
  for (;;) {
    const drawn = drawChallenge(challenge.length, (n) => other.integer(n));
    if (drawn.some((action, i) => action !== challenge[i])) return drawn;
  }
}
