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

/** Another person drawn by chance, within what faces measure about the one in the portrait. */
export function drawMorph(random: Random): Morph {
  const light = random.between(0.6, 1.08);
  return {
    jawWidth: random.between(0.84, 1.18),
    cheekWidth: random.between(0.84, 1.15),
    chinLength: random.between(0.8, 1.3),
    foreheadLength: random.between(0.8, 1.22),
    noseWidth: random.between(0.6, 1.45),
    noseLength: random.between(0.7, 1.35),
    eyeDistance: random.between(0.85, 1.13),
    eyeSize: random.between(0.8, 1.2),
    mouthWidth: random.between(0.75, 1.15),
    lipHeight: random.between(0.7, 1.3),
    browShift: random.between(-3, 5),
    depth: random.between(0.85, 1.15),
    tone: [light, light * random.between(0.88, 1), light * random.between(0.8, 0.96)],
    makeUp: {
      brows: random.between(0.3, 1),
      beard: wornBySome(random),
      moustache: wornBySome(random),
      fringe: wornBySome(random),
      bareEyes: random.between(0.3, 1),
      hair: random.pick(HAIR),
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
): Promise<Subject[]> {
  return Promise.all(
    Array.from({ length: count }, (_, i) => {
      const morph = drawMorph(new Random(seed, `stranger ${i}`));
      return createSubject(portrait, { landmarks, morph }, seed + i);
    }),
  );
}
