import { decodeFrame } from '#pictures';
import sharp from 'sharp';
import type { RgbImage } from '#biometrics';
import type { InferencePool } from '#inference';
import {
  createPeople,
  createStrangers,
  createSubject,
  photographOf,
  samplePortrait,
  type Subject,
} from '#simulator';

export interface CastMember {
  readonly name: string;
  readonly subject: Subject;
}

/** Synthetic people made of the one portrait that every installation has: itself and its chosen morphs. */
export async function castOf(pool: InferencePool, deadlineMs: number): Promise<CastMember[]> {
  const { picture, landmarks } = await portraitOf(pool, deadlineMs);
  return named('person', await createPeople(picture, landmarks));
}

/** As many people of the same portrait drawn by chance, whom no threshold was tuned on. */
export async function strangersOf(
  pool: InferencePool,
  deadlineMs: number,
  { count, seed, spread }: { readonly count: number; readonly seed: number; readonly spread?: number },
): Promise<CastMember[]> {
  const { picture, landmarks } = await portraitOf(pool, deadlineMs);
  return named(`stranger-${seed}`, await createStrangers(picture, landmarks, count, seed, spread));
}

/** A head made again from one photograph of somebody, as an attacker could: what is not in the photograph is made up. */
export async function doubleOf(
  pool: InferencePool,
  subject: Subject,
  { seed, deadlineMs }: { readonly seed: number; readonly deadlineMs: number },
): Promise<Subject> {
  const { width, height, data } = await photographOf(subject, seed);
  const photograph = await sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 92 })
    .toBuffer();
  const { picture, landmarks } = await faceIn(pool, photograph, deadlineMs);
  return createSubject(picture, { landmarks }, seed);
}

async function portraitOf(
  pool: InferencePool,
  deadlineMs: number,
): Promise<{ picture: RgbImage; landmarks: Float32Array }> {
  return faceIn(pool, await samplePortrait(), deadlineMs);
}

async function faceIn(
  pool: InferencePool,
  encoded: Buffer,
  deadlineMs: number,
): Promise<{ picture: RgbImage; landmarks: Float32Array }> {
  const picture = await decodeFrame(encoded);
  const { frames } = await pool.extract([encoded], { deadlineMs });
  const landmarks = frames[0]?.landmarks;
  if (!picture || !landmarks) throw new Error('No face was found in a portrait');
  return { picture, landmarks };
}

function named(kind: string, subjects: readonly Subject[]): CastMember[] {
  return subjects.map((subject, index) => ({ name: `${kind}-${index}`, subject }));
}
