import { Command } from 'commander';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { simulatedDesk } from '../evaluate/pad.suite.js';
import { provisionModels } from '../provision-models.js';

interface Options {
  readonly captures: number;
  readonly seed: number;
  readonly resolution: number;
  readonly json?: string;
}

export function evaluateDeskCommand(): Command {
  return new Command('evaluate:desk')
    .description(
      'whether one SYNTHETIC person who verifies again and again at one desk is ever called a replay',
    )
    .option('--captures <n>', 'how often', Number, 200)
    .option('--seed <n>', 'who, where, and which challenges', Number, 1)
    .option('--resolution <factor>', 'pixels along each side, as a share of 640 × 480', Number, 1)
    .option('--json <file>', 'also write the report as JSON')
    .action(async ({ captures, seed, resolution, json }: Options) => {
      const log = (line: string) => console.log(line);
      const modelsDir = resolve(await provisionModels(process.env, log));
      const report = await simulatedDesk(modelsDir, { captures, seed, resolution, log });
      console.log(`SYNTHETIC: ${report.calledReplay} of ${report.captures} captures called a replay`);
      report.alikeFrames.forEach((count, frames) =>
        console.log(`  at most ${frames} frames as in one earlier capture, in order: ${count}`),
      );
      console.log(`  a replay is called from ${report.replayedFrames} on`);
      const { least, p50 } = report.trajectoryDistance;
      console.log(
        `  distance to the capture that moved most alike: least ${least?.toFixed(3)}, median ${p50?.toFixed(3)};` +
          ` a replay is called below ${report.minTrajectoryDistance}`,
      );
      if (json) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
    });
}
