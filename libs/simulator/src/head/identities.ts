import { type RgbImage } from '#biometrics';
import { type MakeUp } from './make-up.js';
import { type Morph } from './morph.js';
import { createSubject, type Subject } from './subject.js';

const BROWN = [70, 45, 28] as const;
const GREY = [120, 118, 114] as const;
const BLACK = [30, 24, 20] as const;

type Shape = readonly [
  jawWidth: number,
  cheekWidth: number,
  chinLength: number,
  foreheadLength: number,
  noseWidth: number,
  noseLength: number,
  eyeDistance: number,
  eyeSize: number,
  mouthWidth: number,
  lipHeight: number,
  browShift: number,
  depth: number,
];
type Paint = readonly [brows: number, beard: number, moustache: number, fringe: number, bareEyes: number];

function identity(shape: Shape, tone: Morph['tone'], paint: Paint, hair: MakeUp['hair']): Morph {
  const [jawWidth, cheekWidth, chinLength, foreheadLength, noseWidth, noseLength] = shape;
  const [, , , , , , eyeDistance, eyeSize, mouthWidth, lipHeight, browShift, depth] = shape;
  const [brows, beard, moustache, fringe, bareEyes] = paint;
  return {
    jawWidth,
    cheekWidth,
    chinLength,
    foreheadLength,
    noseWidth,
    noseLength,
    eyeDistance,
    eyeSize,
    mouthWidth,
    lipHeight,
    browShift,
    depth,
    tone,
    makeUp: { brows, beard, moustache, fringe, bareEyes, glasses: 0, hair },
  };
}

/**
 * Morphs that make five more people of the sample portrait: those of 320 drawn by chance whose templates lie farthest from each
 * other and from the portrait's (cosine ≤ 0.5 between photographs, and between a live capture and another's photograph, in the runs they were chosen by).
 */
export const IDENTITIES: readonly Morph[] = [
  identity(
    [1.06, 0.84, 0.82, 1.22, 0.55, 0.84, 1.12, 0.79, 1.02, 0.69, -2.57, 0.88],
    [0.84, 0.78, 0.67],
    [0.46, 0.78, 0.88, 0, 0.41],
    BROWN,
  ),
  identity(
    [1.15, 0.85, 1.11, 1.09, 1.44, 1.31, 0.94, 1.2, 0.99, 0.95, 4.73, 1.12],
    [0.97, 0.92, 0.87],
    [0.81, 0, 0, 0.53, 0.8],
    BROWN,
  ),
  identity(
    [1.17, 1.11, 0.98, 0.8, 0.62, 1.34, 0.85, 1.09, 0.72, 1.02, 3.68, 0.83],
    [0.94, 0.85, 0.83],
    [0.68, 0, 0.53, 0.79, 0.56],
    BROWN,
  ),
  identity(
    [1.05, 0.92, 0.98, 1.07, 0.8, 0.67, 0.94, 1.21, 1.03, 1.25, 1.14, 1.04],
    [0.7, 0.63, 0.57],
    [0.89, 0.68, 0.53, 0.73, 0.41],
    GREY,
  ),
  identity(
    [1.15, 1.13, 1.3, 0.92, 1.25, 1.02, 1.06, 0.84, 0.82, 1.3, 3.85, 1.15],
    [1.05, 1.04, 0.93],
    [0.94, 0.69, 0, 0, 0.92],
    BLACK,
  ),
];

/**
 * The person in a portrait and as many others as there are {@link IDENTITIES}, each dressed differently.
 * @param landmarks 478 × (x, y, z) in pixels of the portrait.
 */
export async function createPeople(portrait: RgbImage, landmarks: Float32Array): Promise<Subject[]> {
  return Promise.all(
    [undefined, ...IDENTITIES].map((morph, seed) =>
      createSubject(portrait, { landmarks, ...(morph && { morph }) }, seed),
    ),
  );
}
