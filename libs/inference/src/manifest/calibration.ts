import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { type Calibration } from '#biometrics';
import { defaultManifestPath, ManifestError, type ModelEntry, modelIdentity } from './manifest.js';

const rate = z.number().min(0).max(1);

/** What a calibration file holds; `evaluate --write-calibration` writes it. */
export const calibrationSchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    modelId: z.string().min(1),
    /** SHA-256 of the model, as decisions record it. */
    modelSha256: z.string().regex(/^[0-9a-f]{64}$/),
    measuredOn: z.string().min(1),
    synthetic: z.boolean(),
    images: z.int().positive(),
    people: z.int().positive(),
    nonMatedPairs: z.int().positive(),
    confidence: z.literal(0.95),
    scores: z.array(z.number().min(-1).max(1)).min(1),
    fmr: z.array(rate),
    fmrUpper: z.array(rate),
  })
  .refine(
    ({ scores, fmr, fmrUpper }) => scores.length === fmr.length && scores.length === fmrUpper.length,
    'as many rates as scores',
  )
  .refine(
    ({ scores }) => scores.every((score, i) => i === 0 || score > (scores[i - 1] as number)),
    'scores rise',
  )
  .refine(
    ({ fmrUpper }) => fmrUpper.every((upper, i) => i === 0 || upper <= (fmrUpper[i - 1] as number)),
    'bounds fall',
  );

export type CalibrationFile = z.infer<typeof calibrationSchema>;

/**
 * Reads the calibration that the manifest names for a model.
 * @returns null when it names none: then nothing is said of its scores
 * @throws {ManifestError} when the file is missing, altered, not valid, or about another model
 */
export function loadCalibration(
  entry: ModelEntry,
  manifestPath: string = defaultManifestPath(),
): Calibration | null {
  if (!entry.calibration) return null;
  const { file, sha256 } = entry.calibration;
  const refuse = (why: string, cause?: unknown): ManifestError =>
    new ManifestError(`the calibration ${file} of ${entry.id} ${why}`, { cause });
  let bytes: Buffer;
  try {
    bytes = readFileSync(join(dirname(manifestPath), file));
  } catch (cause) {
    throw refuse('cannot be read', cause);
  }
  if (createHash('sha256').update(bytes).digest('hex') !== sha256)
    throw refuse('is not the one the manifest names');
  const parsed = calibrationSchema.safeParse(JSON.parse(bytes.toString('utf8')));
  if (!parsed.success) throw refuse(`is not valid:\n${z.prettifyError(parsed.error)}`);
  const { modelId, modelSha256 } = parsed.data;
  if (modelId !== `${entry.id}@${entry.version}` || modelSha256 !== modelIdentity(entry).sha256)
    throw refuse('is about another model');
  return parsed.data;
}
