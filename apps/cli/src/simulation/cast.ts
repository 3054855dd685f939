import { decodeFrame } from '#pictures';
import type { RgbImage } from '#biometrics';
import type { InferencePool } from '#inference';
import { createPeople, createStrangers, samplePortrait, type Subject } from '#simulator';

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
  return named('stranger', await createStrangers(picture, landmarks, count, seed, spread));
}

async function portraitOf(
  pool: InferencePool,
  deadlineMs: number,
): Promise<{ picture: RgbImage; landmarks: Float32Array }> {
  const portrait = await samplePortrait();
  const picture = await decodeFrame(portrait);
  const { frames } = await pool.extract([portrait], { deadlineMs });
  const landmarks = frames[0]?.landmarks;
  if (!picture || !landmarks) throw new Error('No face was found in the sample portrait');
  return { picture, landmarks };
}

function named(kind: string, subjects: readonly Subject[]): CastMember[] {
  return subjects.map((subject, index) => ({ name: `${kind}-${index}`, subject }));
}
