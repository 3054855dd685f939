import { type Action, prescribedAction } from '#biometrics';
import { type Expression, NEUTRAL } from '../head/expression.js';
import { type Random } from '../random.js';
import { type Angles } from '../render/rigid.js';

/** What a subject does at the moment of one frame. */
export interface Moment extends Angles {
  readonly tMs: number;
  readonly action?: Action;
  readonly expression: Expression;
  /** Factor by which the face has come closer. */
  readonly approach: number;
}

/** How far a performer goes, in degrees and factors. */
export interface Amplitudes {
  readonly turnDeg: readonly [low: number, high: number];
  readonly nodDeg: readonly [low: number, high: number];
  readonly approach: readonly [low: number, high: number];
}

/** A person at ease: well beyond what a challenge needs, short of a profile. */
export const NATURAL: Amplitudes = { turnDeg: [20, 30], nodDeg: [12, 18], approach: [1.28, 1.42] };

const FRAME_MS = 400;

/**
 * Plays a challenge: frame 0 at rest, then each action over the frames prescribed for it, swelling to its middle and back.
 * @param frameCount more than there are actions.
 */
export function perform(
  challenge: readonly Action[],
  frameCount: number,
  random: Random,
  amplitudes: Amplitudes = NATURAL,
): Moment[] {
  const asked = Array.from({ length: frameCount }, (_, index) =>
    prescribedAction(index, frameCount, challenge),
  );
  const peaks = challenge.map((action) => peakOf(action, random, amplitudes));
  return asked.map((action, index) => {
    const tMs = Math.round(index * FRAME_MS + (index ? random.between(-35, 35) : 0));
    if (!action) return { ...REST, tMs };
    const run = asked.flatMap((other, i) => (other === action ? [i] : []));
    const phase = (run.indexOf(index) + 0.5) / run.length;
    const effort = Math.min(1, 1.08 * Math.sqrt(Math.sin(Math.PI * phase)));
    const peak = peaks[challenge.indexOf(action)] ?? REST;
    return { ...scaled(peak, effort), tMs, action };
  });
}

type Peak = Omit<Moment, 'tMs' | 'action'>;

const REST: Peak = { yawDeg: 0, pitchDeg: 0, rollDeg: 0, expression: NEUTRAL, approach: 1 };

function peakOf(action: Action, random: Random, { turnDeg, nodDeg, approach }: Amplitudes): Peak {
  const loose = { rollDeg: random.between(-3, 3), pitchDeg: random.between(-2.5, 2.5) };
  switch (action) {
    case 'turn_left':
      return { ...REST, ...loose, yawDeg: random.between(...turnDeg) };
    case 'turn_right':
      return { ...REST, ...loose, yawDeg: -random.between(...turnDeg) };
    case 'nod':
      return { ...REST, pitchDeg: random.between(...nodDeg), yawDeg: random.between(-2, 2) };
    case 'blink':
      return { ...REST, expression: { ...NEUTRAL, blink: 1, brows: random.between(-0.5, 0.1) } };
    case 'open_mouth':
      return {
        ...REST,
        expression: { ...NEUTRAL, mouth: random.between(0.75, 1), brows: random.between(0, 0.6) },
      };
    case 'move_closer':
      return { ...REST, approach: random.between(...approach), pitchDeg: random.between(-1, 3) };
  }
}

function scaled({ yawDeg, pitchDeg, rollDeg, expression, approach }: Peak, effort: number): Peak {
  return {
    yawDeg: yawDeg * effort,
    pitchDeg: pitchDeg * effort,
    rollDeg: rollDeg * effort,
    expression: {
      ...expression,
      // Lids are shut or open; half-shut ones are a matter of milliseconds.
      blink: Math.min(1, 1.2 * expression.blink * effort),
      mouth: expression.mouth * effort,
    },
    approach: approach ** effort,
  };
}
