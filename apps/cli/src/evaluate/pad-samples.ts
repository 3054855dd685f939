import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { type Action, ACTIONS, type LivenessSignals, NUMERIC_SIGNALS } from '#biometrics';
import type { GeometrySample } from './geometry-report.js';

/** One capture of the evaluation: what it was, and what was measured. */
export interface PadSample extends GeometrySample {
  /** Whether it was rendered. */
  readonly synthetic: boolean;
  readonly label: 'bona_fide' | 'attack';
  readonly species: string | null;
  /** Which portrait or folder it came from; halves of an evaluation share none. */
  readonly source: string;
  /** Under what it was taken, where that is known. */
  readonly camera: string | null;
  readonly ambientLux: number | null;
  readonly challenge: readonly Action[];
  /** Whether the challenge had a flash: then a pass needs level `challenge_flash`. */
  readonly flash: boolean;
  readonly halt: string | null;
  readonly signals: LivenessSignals | null;
}

/** What judging a sample reads; the rest is what it was measured on. */
const sample = z.looseObject({
  label: z.enum(['bona_fide', 'attack']),
  source: z.string(),
  challenge: z.array(z.enum(ACTIONS)),
  flash: z.boolean(),
  signals: z
    .looseObject({
      ...Object.fromEntries(NUMERIC_SIGNALS.map((name) => [name, z.number().nullable()])),
    })
    .nullable(),
});

/**
 * What {@link writeSamples} wrote.
 * @throws Error naming the file that holds anything else, or lacks a signal that is measured now
 */
export async function readSamples(path: string): Promise<PadSample[]> {
  const content: unknown = JSON.parse(await readFile(path, 'utf8'));
  if (z.array(sample).safeParse(content).success) return content as PadSample[];
  throw new Error(`${path}: not what --samples writes now; measure the captures again`);
}

/** Numbers only, nothing of a face. */
export async function writeSamples(path: string, samples: readonly PadSample[]): Promise<void> {
  await writeFile(path, `${JSON.stringify(samples)}\n`);
}
