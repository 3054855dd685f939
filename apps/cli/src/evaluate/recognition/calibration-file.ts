import { writeFile } from 'node:fs/promises';
import { type CalibrationFile, calibrationSchema, type ModelIdentity } from '#inference';
import type { RecognitionReport } from './recognition-report.js';

/**
 * Writes the false match rate at each score with its upper bound, as a model manifest names it.
 * @throws Error when the report has no comparisons of different people
 */
export async function writeCalibration(
  path: string,
  report: RecognitionReport,
  models: readonly ModelIdentity[],
): Promise<void> {
  await writeFile(path, `${JSON.stringify(calibrationOf(report, models), null, 2)}\n`);
}

export function calibrationOf(
  { model, synthetic, images, identities, nonMatedPairs, fmrAtScore }: RecognitionReport,
  models: readonly ModelIdentity[],
): CalibrationFile {
  const identity = models.find(({ id, version }) => `${id}@${version}` === model);
  if (!identity || nonMatedPairs === 0)
    throw new Error('A calibration needs comparisons of different people');
  const kind = synthetic ? 'rendered photographs of synthetic people' : 'photographs';
  return calibrationSchema.parse({
    schemaVersion: 1,
    modelId: model,
    modelSha256: identity.sha256,
    measuredOn: `${images} ${kind}, ${identities} people, ${nonMatedPairs} non-mated pairs`,
    synthetic,
    images,
    people: identities,
    nonMatedPairs,
    confidence: 0.95,
    scores: fmrAtScore.map(({ score }) => score),
    fmr: fmrAtScore.map(({ fmr }) => rounded(fmr)),
    fmrUpper: fmrAtScore.map(({ upper }) => rounded(upper)),
  });
}

const rounded = (rate: number): number => Number(rate.toPrecision(4));
