import { readFile, writeFile } from 'node:fs/promises';
import type { Action, LivenessSignals } from '#biometrics';
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

/** What {@link writeSamples} wrote. */
export async function readSamples(path: string): Promise<PadSample[]> {
  return JSON.parse(await readFile(path, 'utf8')) as PadSample[];
}

/** Numbers only, nothing of a face. */
export async function writeSamples(path: string, samples: readonly PadSample[]): Promise<void> {
  await writeFile(path, `${JSON.stringify(samples)}\n`);
}
