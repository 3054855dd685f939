import { Command } from 'commander';
import { rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { startStack, StackStoppedError } from '#supervisor';
import { ephemeralEnvironment, ephemeralFolder } from '../demo/ephemeral.js';
import { type DemoReport, type DemoResult, runDemo } from '../demo/run-demo.js';
import { provisionModels } from '../provision-models.js';

interface Options {
  readonly seeds: number;
  readonly flash?: true;
  readonly redis: boolean;
  readonly verbose?: true;
}

export function demoCommand(): Command {
  return new Command('demo')
    .description(
      'prove on an ephemeral stack, through the public API, that decisions come out as expected; exit 1 if one does not',
    )
    .option('--json <file>', 'also write the report as JSON')
    .option('--seeds <n>', 'rounds, each with other people and recordings', Number, 1)
    .option('--flash', 'also challenges whose screen flashes colours')
    .option('--no-redis', 'keep the queue in PostgreSQL even where a redis-server is installed')
    .option('--verbose', 'show what the stack logs')
    .action(async ({ json, ...options }: Options & { json?: string }) => {
      try {
        const report = await demonstrate(options);
        if (json) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
        if (!report.passed) process.exitCode = 1;
      } catch (error) {
        if (!(error instanceof StackStoppedError)) throw error;
        process.exitCode = 130;
      }
    });
}

async function demonstrate({ seeds, redis, verbose, flash }: Options): Promise<DemoReport> {
  const modelsDir = resolve(await provisionModels(process.env, (line) => console.log(line)));
  const dataDir = await ephemeralFolder();
  const env = ephemeralEnvironment(dataDir, modelsDir);
  console.log('starting an ephemeral stack …');
  try {
    const log = verbose ? (line: string) => console.log(line) : undefined;
    const stack = await startStack({
      dataDir,
      env,
      redis: redis ? 'auto' : 'none',
      ephemeral: true,
      handleSignals: true,
      log,
    });
    const interrupted = stack.stopped.then(() => Promise.reject(new StackStoppedError()));
    interrupted.catch(() => undefined);
    try {
      printHeader(stack.redisUrl ? 'Redis' : 'PostgreSQL');
      const report = await Promise.race([
        runDemo(stack, env, { modelsDir, seeds, flash: flash ?? false, onResult: printResult }),
        interrupted,
      ]);
      printFooter(report);
      return report;
    } finally {
      await stack.stop();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

function printHeader(queue: string): void {
  console.log(
    `\nSYNTHETIC pictures, queue on ${queue}. All under the default policy, which requires PAD level challenge, but`,
  );
  console.log(
    'photo_without_pad: under a policy that allows PAD level none, a photograph passes for a person.\n',
  );
  console.log(row(['case', 'decision', 'reason', 'as expected', 'attempts', 'total ms', 'ms per stage']));
}

function printResult({
  name,
  seed,
  decision,
  reasons,
  passed,
  attempts,
  totalMs,
  stagesMs,
}: DemoResult): void {
  const stages = Object.entries(stagesMs).map(([stage, ms]) => `${stage} ${ms ?? '-'}`);
  const cells = [
    `${name} #${seed}`,
    decision,
    reasons.join(),
    passed ? 'yes' : 'NO',
    String(attempts),
    String(totalMs),
  ];
  console.log(row([...cells, stages.join(' · ')]));
}

function printFooter({ passed, cases, inferenceBackend }: DemoReport): void {
  const failed = cases.filter((each) => !each.passed);
  console.log(
    `\nback end ${inferenceBackend}; ${passed ? 'every decision as expected' : `${failed.length} not as expected`}`,
  );
  for (const { name, seed, expected } of failed) {
    const wanted = expected.map(({ decision, reason }) => `${decision} (${reason})`).join(' or ');
    console.log(`  ${name} #${seed}: expected ${wanted}`);
  }
}

const WIDTHS = [24, 13, 24, 12, 9, 9, 0];

function row(cells: readonly string[]): string {
  return cells.map((cell, index) => cell.padEnd(WIDTHS[index] ?? 0)).join(' ');
}
