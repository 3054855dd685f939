import { Command } from 'commander';
import { writeFile } from 'node:fs/promises';
import { calibratePad } from '../evaluate/calibration/calibrate-pad.js';
import { CUE_FEATURES, type ScoreModel, type ScoreTerm } from '#biometrics';
import { calibrationModule } from '../evaluate/calibration/calibration-module.js';
import { readSamples } from '../evaluate/pad-samples.js';

interface Options {
  readonly out?: string;
  readonly json?: string;
}

export function calibratePadCommand(): Command {
  return new Command('calibrate:pad')
    .description(
      'choose the thresholds of presentation attack detection and fit its scores, by cross-validation over people',
    )
    .argument('<samples...>', 'what `evaluate:pad --samples` measured')
    .option('--out <file>', 'also write them as the module that holds the default ones')
    .option('--json <file>', 'also write the findings as JSON')
    .action(async (files: string[], { out, json }: Options) => {
      const samples = (await Promise.all(files.map(readSamples))).flat();
      const calibration = calibratePad(samples, CUE_FEATURES);
      console.table(
        calibration.thresholds.map(({ threshold, value, laxest, byFold, refused, passed, species }) => ({
          threshold,
          laxest,
          chosen: value,
          folds: byFold.length > 0 ? `${Math.min(...byFold)} … ${Math.max(...byFold)}` : '',
          'bona fide below': `${refused[0]} of ${refused[1]}`,
          'attacks above': `${passed[0]} of ${passed[1]}`,
          species: species.join(', '),
        })),
      );
      for (const model of [calibration.challenge, calibration.flash])
        if (model) console.log(weightsOf(model));
      if (out) await writeFile(out, calibrationModule(calibration, samples));
      if (json) await writeFile(json, `${JSON.stringify(calibration, null, 2)}\n`);
    });
}

function weightsOf({ bias, terms, cues, cueBound }: ScoreModel): string {
  const list = (of: readonly ScoreTerm[]) =>
    of.map(({ feature, weight }) => `${feature} ${weight}`).join(' · ');
  return `score: ${bias} · ${list(terms)}${cues.length > 0 ? ` · within ±${cueBound}: ${list(cues)}` : ''}`;
}
