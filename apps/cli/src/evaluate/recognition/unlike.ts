import { compareTemplates, type Template } from '#biometrics';
import type { InferencePool } from '#inference';
import { encodeJpeg, photographOf } from '#simulator';
import type { CastMember } from '../../simulation/cast.js';

const DEADLINE_MS = 60_000;
const PHOTOGRAPH = { seed: 3, quality: 92 } as const;

/** Photographs of two people who count as unlike score at most this (cosine). */
const MAX_LIKENESS = 0.5;
const MAX_ROUNDS = 40;

/**
 * Chooses people who do not look alike: all are morphs of one portrait, and most would be each other's doubles. They are told apart by one
 * photograph each, which is not among those that are evaluated. That makes the false match rate a property of the choice, not of people.
 * @param draw more candidates
 * @throws Error when there are not so many of them
 */
export async function unlike(
  pool: Pick<InferencePool, 'photograph'>,
  first: readonly CastMember[],
  count: number,
  draw: (round: number) => Promise<readonly CastMember[]>,
): Promise<CastMember[]> {
  const chosen: { member: CastMember; template: Template }[] = [];
  for (let round = 0; round <= MAX_ROUNDS; round++) {
    for (const member of round === 0 ? first : await draw(round)) {
      if (chosen.length >= count) break;
      const picture = await encodeJpeg(
        await photographOf(member.subject, PHOTOGRAPH.seed),
        PHOTOGRAPH.quality,
      );
      const { template } = await pool.photograph(picture, { deadlineMs: DEADLINE_MS });
      if (template && chosen.every((other) => compareTemplates(other.template, template) <= MAX_LIKENESS))
        chosen.push({ member, template });
    }
    if (chosen.length >= count)
      return chosen.map(({ member }, i) => ({
        ...member,
        name: `synthetic-${String(i + 1).padStart(3, '0')}`,
      }));
  }
  throw new Error(
    `Only ${chosen.length} synthetic people who do not look alike were found; ask for fewer with --people`,
  );
}
