import type { InferencePool } from '#inference';
import { encodeJpeg, snapshotOf } from '#simulator';
import { castOf, strangersOf } from '../../simulation/cast.js';
import type { LabelledPicture } from './manifest.js';
import { unlike } from './unlike.js';

const DEADLINE_MS = 60_000;
const JPEG_QUALITY = 88;
/** Far more than people vary, since all start from one face. */
const SPREAD = 4;
const CANDIDATES_PER_ROUND = 12;
/** Seeds of different people's pictures lie this far apart. */
const SEEDS_PER_PERSON = 10_000;

interface Options {
  readonly people: number;
  readonly perPerson: number;
  readonly seed: number;
  readonly log: (line: string) => void;
}

/** Synthetic people and snapshots of each, rendered when they are read; the same seed gives the same bytes. */
export async function simulatedPictures(
  pool: InferencePool,
  { people, perPerson, seed, log }: Options,
): Promise<LabelledPicture[]> {
  log('making synthetic people …');
  const cast = await castOf(pool, DEADLINE_MS);
  const chosen = await unlike(pool, cast, people, (round) =>
    strangersOf(pool, DEADLINE_MS, {
      count: CANDIDATES_PER_ROUND,
      seed: seed + CANDIDATES_PER_ROUND * round,
      spread: SPREAD,
    }),
  );
  return chosen.flatMap(({ name, subject }, person) =>
    Array.from({ length: perPerson }, (_, i) => ({
      path: `${name}/${i}`,
      identity: name,
      groups: {},
      read: async () =>
        encodeJpeg(await snapshotOf(subject, seed + SEEDS_PER_PERSON * (person + 1) + i), JPEG_QUALITY),
    })),
  );
}
