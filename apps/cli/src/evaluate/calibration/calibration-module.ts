import { CALIBRATED_THRESHOLDS, CHALLENGE_SCORE, FLASH_SCORE } from '#biometrics';
import type { PadSample } from '../pad-samples.js';
import type { PadCalibration } from './calibrate-pad.js';

/** The module that holds the default thresholds and scores; what these captures cannot choose stays as it is. */
export function calibrationModule(
  { thresholds, challenge, flash }: PadCalibration,
  samples: readonly PadSample[],
): string {
  const people = new Set(samples.map(({ source }) => source)).size;
  const live = samples.filter(({ label }) => label === 'bona_fide').length;
  const kind = samples.some(({ synthetic }) => synthetic) ? 'rendered captures' : 'captures';
  const found = Object.fromEntries(thresholds.map(({ threshold, value }) => [threshold, value]));
  const chosen = { ...CALIBRATED_THRESHOLDS, ...found };
  const model = (name: string, value: object): string =>
    `export const ${name}: ScoreModel = ${JSON.stringify(value, null, 2)};\n`;
  return `import { type ScoreModel } from '../score/score-model.js';

// Made by \`npm run calibrate:pad\` from ${samples.length} ${kind} (${live} bona fide) of ${people} people: not to be edited by hand.

export const CALIBRATED_THRESHOLDS = ${JSON.stringify(chosen, null, 2)} as const;

${model('CHALLENGE_SCORE', challenge ?? CHALLENGE_SCORE)}
${model('FLASH_SCORE', flash ?? FLASH_SCORE)}`;
}
