import { type RgbImage } from '#biometrics';
import { Random } from '../random.js';
import { type MakeUp } from './make-up.js';
import { type Morph } from './morph.js';
import { createSubject, type Subject } from './subject.js';

const HAIR: readonly MakeUp['hair'][] = [
  [30, 24, 20],
  [70, 45, 28],
  [120, 118, 114],
  [150, 112, 66],
];

/** Standard deviation of a face's proportions among adults: 4 … 8 % of each, after anthropometric tables (Farkas 1994). */
const DEVIATION = 0.07;

/**
 * Another person drawn by chance: proportions as they vary among adults about the one in the portrait.
 * @param spread factor on how far they vary; faces of one portrait look alike, and beyond 1 less so
 */
export function drawMorph(random: Random, spread = 1): Morph {
  const proportion = (deviation = DEVIATION): number =>
    1 + spread * deviation * Math.min(2.5, Math.max(-2.5, random.normal()));
  const light = random.between(0.6, 1.08);
  return {
    jawWidth: proportion(),
    cheekWidth: proportion(),
    chinLength: proportion(),
    foreheadLength: proportion(),
    noseWidth: proportion(0.12),
    noseLength: proportion(),
    eyeDistance: proportion(),
    eyeSize: proportion(),
    mouthWidth: proportion(),
    lipHeight: proportion(0.12),
    browShift: random.between(-3, 5),
    depth: proportion(),
    tone: [light, light * random.between(0.88, 1), light * random.between(0.8, 0.96)],
    makeUp: {
      brows: random.between(0.3, 1),
      beard: wornBySome(random),
      moustache: wornBySome(random),
      fringe: wornBySome(random),
      bareEyes: random.between(0.3, 1),
      hair: random.pick(HAIR),
      glasses: wornBySome(random),
    },
  };
}

function wornBySome(random: Random): number {
  return random.between(0, 1) < 0.5 ? 0 : random.between(0.5, 0.9);
}

/**
 * People whom nobody has chosen or looked at: what is measured on them was not tuned on them. Same seed, same people.
 * @param landmarks 478 × (x, y, z) in pixels of the portrait.
 */
export function createStrangers(
  portrait: RgbImage,
  landmarks: Float32Array,
  count: number,
  seed: number,
  spread = 1,
): Promise<Subject[]> {
  return Promise.all(
    Array.from({ length: count }, (_, i) => {
      const morph = drawMorph(new Random(seed, `stranger ${i}`), spread);
      return createSubject(portrait, { landmarks, morph }, seed + i);
    }),
  );
}
