import { interOcularDistance, landmarkAt, type RgbImage } from '#biometrics';
import { Random } from '../random.js';
import { type Mesh } from '../render/mesh.js';
import { resized } from '../render/texture.js';
import { faceShape } from './face-shape.js';
import { type HeadMesh, headMesh } from './head-mesh.js';
import { madeUp } from './make-up.js';
import { type Morph, morphed, toned } from './morph.js';
import { torso } from './torso.js';

/** A synthetic person: a textured head with neck and shoulders. */
export interface Subject {
  readonly head: HeadMesh;
  readonly torso: readonly Mesh[];
}

export interface SubjectOptions {
  /** 478 × (x, y, z) in pixels of the portrait, as the landmark network gives them. */
  readonly landmarks: Float32Array;
  /** Factor on the relief of the head; by default 1. */
  readonly relief?: number;
  /** Makes another person of the portrait. */
  readonly morph?: Morph;
}

const MAX_EYE_DISTANCE = 110;

/** Cheeks: skin in every portrait. */
const SKIN = [50, 280, 205, 425, 118, 347];

/**
 * Makes a textured 3-D head of a portrait. Everything rendered of it is synthetic.
 * @param portrait a decoded picture of one person, 40 pixels or more between the eyes; larger ones are shrunk to 110.
 * @param seed decides clothes.
 * @throws {RangeError} when the landmarks are missing or coincide.
 */
export async function createSubject(
  portrait: RgbImage,
  { landmarks: found, relief = 1, morph }: SubjectOptions,
  seed: number,
): Promise<Subject> {
  // Drawn much smaller than it is, a texture would glitter.
  const shrink = Math.min(1, MAX_EYE_DISTANCE / interOcularDistance(found));
  const landmarks = shrink < 1 ? found.map((value) => value * shrink) : found;
  const source = shrink < 1 ? await resized(portrait, shrink) : portrait;
  const tinted = morph ? toned(source, morph) : source;
  const skin = skinOf(tinted, landmarks);
  const picture = morph?.makeUp ? await madeUp(tinted, landmarks, morph.makeUp, skin) : tinted;
  const head = headMesh(faceShape(landmarks, relief), picture, skin, morph?.makeUp?.hair);
  return {
    head: morph ? { ...head, positions: morphed(head.positions, morph) } : head,
    torso: torso(skin, new Random(seed, 'torso')),
  };
}

function skinOf({ width, height, data }: RgbImage, landmarks: Float32Array): [number, number, number] {
  const samples = SKIN.map((index) => {
    const { x, y } = landmarkAt(landmarks, index);
    const at =
      3 *
      (Math.min(height - 1, Math.max(0, Math.round(y))) * width +
        Math.min(width - 1, Math.max(0, Math.round(x))));
    return [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0];
  });
  const median = (channel: number): number =>
    samples.map((sample) => sample[channel] ?? 0).sort((a, b) => a - b)[SKIN.length >> 1] ?? 0;
  return [median(0), median(1), median(2)];
}
