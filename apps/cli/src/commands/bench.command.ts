import { Argument, Command } from 'commander';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { compareSuite } from '../bench/compare.suite.js';
import { matchSuite } from '../bench/match.suite.js';
import { pipelineSuite } from '../bench/pipeline.suite.js';
import type { BenchReport } from '../bench/report.js';
import { provisionModels } from '../provision-models.js';

export function benchCommand(): Command {
  return new Command('bench')
    .description('measure; quote medians and ratios of one run, never single times')
    .addArgument(new Argument('<suite>').choices(['pipeline', 'compare', 'match']))
    .option('--captures <n>', 'captures per queue back end (pipeline)', Number, 60)
    .option('--json <file>', 'also write the report as JSON')
    .action(
      async (
        suite: 'pipeline' | 'compare' | 'match',
        { captures, json }: { captures: number; json?: string },
      ) => {
        const log = (line: string) => console.log(line);
        const models = async () => resolve(await provisionModels(process.env, log));
        const suites = {
          pipeline: async () => pipelineSuite(await models(), captures, log),
          compare: async () => compareSuite(await models()),
          match: () => Promise.resolve(matchSuite()),
        };
        const report = await suites[suite]();
        print(report);
        if (json) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
      },
    );
}

function print({ suite, machine, results, ratios }: BenchReport): void {
  console.log(`\n${suite} on ${machine.cores} × ${machine.cpu}, Node ${machine.node}\n`);
  console.table(
    results.map(({ name, unit, median, p95, min, max, n }) => ({
      name,
      unit,
      median,
      p95: p95 ?? '',
      min,
      max,
      n,
    })),
  );
  for (const { name, value, spread } of ratios) console.log(`${name}: ×${value} (${spread.join(' … ')})`);
}
