import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ACTIONS } from '#biometrics';
import type { CaptureMeter } from './capture-meter.js';
import { GenuineWindow } from './genuine-window.js';
import type { PadSample } from './pad-samples.js';

const CAPTURE_FILE = 'capture.json';

/** One recorded capture: `capture.json` beside its frames. `source` names the person, `camera` and `ambientLux` say under what it was taken. */
export const recordedCapture = z.object({
  synthetic: z.boolean().optional(),
  label: z.enum(['bona_fide', 'attack']),
  species: z.string().min(1).optional(),
  source: z.string().min(1).optional(),
  camera: z.string().min(1).optional(),
  ambientLux: z.number().positive().optional(),
  seed: z.number().optional(),
  challenge: z.array(z.enum(ACTIONS)).min(1),
  frames: z
    .array(
      z.object({
        file: z.string().min(1),
        tMs: z.number().min(0),
        flash: z
          .string()
          .regex(/^#[0-9a-f]{6}$/i)
          .optional(),
      }),
    )
    .min(1)
    .max(12),
});

/**
 * Measures every folder below `directory` that holds a `capture.json`, in the order of their names: what was genuine before is what a
 * resubmission is recognised by.
 * @throws Error naming the folder whose description is not valid; Error when there is none at all
 */
export async function recordedSamples(
  meter: CaptureMeter,
  directory: string,
  log: (line: string) => void,
): Promise<PadSample[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const folders = entries
    .filter((entry) => entry.isFile() && entry.name === CAPTURE_FILE)
    .map(({ parentPath }) => parentPath)
    .sort();
  if (folders.length === 0) throw new Error(`No ${CAPTURE_FILE} below ${directory}`);
  const samples: PadSample[] = [];
  const window = new GenuineWindow();
  for (const folder of folders) {
    const described = await describe(folder);
    const { label, species, challenge, frames, camera = null, ambientLux = null } = described;
    const shown = frames.flatMap(({ flash }) => flash?.toLowerCase() ?? []);
    if (shown.length > 0 && shown.length < frames.length)
      throw new Error(`${folder}: either every frame has a flash or none`);
    const colours = shown.length > 0 ? shown : null;
    const encoded = await Promise.all(frames.map(({ file }) => readFile(join(folder, file))));
    const { halt, signals, parallax, ...traces } = await meter.measure(
      encoded,
      challenge,
      frames.map(({ tMs }) => tMs),
      colours,
    );
    samples.push({
      synthetic: described.synthetic ?? false,
      label,
      halt,
      signals: signals && { ...signals, ...window.compare(traces, label === 'bona_fide') },
      relief: parallax?.reliefRms ?? null,
      meshErrorMm: null,
      species: label === 'attack' ? (species ?? 'unnamed') : null,
      source: described.source ?? folder,
      camera,
      ambientLux,
      challenge,
      flash: colours !== null,
    });
    if (samples.length % 25 === 0) log(`${samples.length} of ${folders.length} captures`);
  }
  return samples;
}

async function describe(folder: string): Promise<z.output<typeof recordedCapture>> {
  const path = join(folder, CAPTURE_FILE);
  const parsed = recordedCapture.safeParse(JSON.parse(await readFile(path, 'utf8')));
  if (parsed.success) return parsed.data;
  throw new Error(
    `${path}: ${parsed.error.issues.map(({ path: at, message }) => `${at.join('.')} ${message}`).join('; ')}`,
  );
}
