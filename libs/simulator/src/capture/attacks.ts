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
import { resubmit, RESUBMISSIONS } from './resubmit.js';
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
    return resubmit(await simulateLive(subject, options), random.pick(RESUBMISSIONS));
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
