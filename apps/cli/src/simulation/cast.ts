import { decodeFrame } from '#pictures';
import type { InferencePool } from '#inference';
import { createPeople, samplePortrait, type Subject } from '#simulator';

export interface CastMember {
  readonly name: string;
  readonly subject: Subject;
}

/** Synthetic people made of the one portrait that every installation has: itself and its morphs. */
export async function castOf(pool: InferencePool, deadlineMs: number): Promise<CastMember[]> {
  const portrait = await samplePortrait();
  const picture = await decodeFrame(portrait);
  const { frames } = await pool.extract([portrait], { deadlineMs });
  const landmarks = frames[0]?.landmarks;
  if (!picture || !landmarks) throw new Error('No face was found in the sample portrait');
  const people = await createPeople(picture, landmarks);
  return people.map((subject, index) => ({ name: `person-${index}`, subject }));
}
