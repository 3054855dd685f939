import { Command, InvalidArgumentError } from 'commander';
import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parseEnvironment } from '#config';
import { InferencePool } from '#inference';
import { acquire } from '../evaluate/recognition/acquire.js';
import { writeCalibration } from '../evaluate/recognition/calibration-file.js';
import { labelledPictures } from '../evaluate/recognition/manifest.js';
import { printReport } from '../evaluate/recognition/print-report.js';
import { progress } from '../evaluate/recognition/progress.js';
import { recognitionReport } from '../evaluate/recognition/recognition-report.js';
import { simulatedPictures } from '../evaluate/recognition/simulated-pictures.js';
import { TemplateCache } from '../evaluate/recognition/template-cache.js';
import { provisionModels } from '../provision-models.js';

interface Options {
  readonly json?: string;
  readonly html?: string;
  readonly group?: string;
  readonly targetFmr: number;
  readonly seed: number;
  readonly threads: number;
  readonly cache: boolean;
  readonly simulate?: true;
  readonly people: number;
  readonly perPerson: number;
  readonly writeCalibration?: string;
}

export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description('error rates of comparisons over labelled photographs, with 95 % bounds')
    .argument(
      '[source]',
      'JSON file [{ "path", "identity", … }], paths relative to it; or a folder with a folder of pictures for each person',
    )
    .option('--simulate', 'render the photographs instead; every result is synthetic')
    .option('--people <n>', 'people to render', whole(2), 12)
    .option('--per-person <n>', 'photographs of each to render', whole(2), 10)
    .option('--seed <n>', 'seed of the rendering and of the bootstrap', whole(0), 1)
    .option(
      '--target-fmr <rate>',
      'recommend the threshold at which the upper bound of FMR is this',
      rate,
      1e-3,
    )
    .option('--group <field>', 'member of the manifest by which performance is told apart')
    .option('--threads <n>', 'threads that extract', whole(1), Math.min(4, availableParallelism()))
    .option('--no-cache', 'extract everything anew and keep nothing (the cache holds templates)')
    .option('--json <file>', 'also write the report as JSON')
    .option('--html <file>', 'also write the report as one HTML file with charts')
    .option(
      '--write-calibration <file>',
      'also write the false match rate at each score, as models/ ships it',
    )
    .action((source: string | undefined, options: Options) => evaluate(source, options));
}

async function evaluate(source: string | undefined, options: Options): Promise<void> {
  if ((source === undefined) === (options.simulate === undefined))
    throw new Error('Give a manifest or a folder, or --simulate');
  const named = source === undefined ? null : await labelledPictures(source);
  const modelsDir = resolve(await provisionModels(process.env, (line) => console.error(line)));
  const { threads, seed, targetFmr, group, json, html } = options;
  const pool = await InferencePool.start({ modelsDir, threads, maxQueue: 4 * threads });
  try {
    const log = (line: string) => console.error(line);
    const pictures = named ?? (await simulatedPictures(pool, { ...options, log }));
    const folder = join(parseEnvironment(process.env).DATA_DIR, 'evaluate');
    const images = await acquire(pool, pictures, {
      concurrency: 2 * threads,
      cache: options.cache ? await TemplateCache.open(folder, pool) : null,
      onProgress: progress(pictures.length, (line) => process.stderr.write(line)),
    });
    console.error(`comparing ${images.length} images, and drawing people anew for the bounds …`);
    const report = recognitionReport(images, { synthetic: named === null, targetFmr, group, seed });
    printReport(report);
    if (json) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
    if (html) {
      const { htmlReport } = await import('../evaluate/recognition/html-report.js');
      await writeFile(html, htmlReport(report));
    }
    if (options.writeCalibration) await writeCalibration(options.writeCalibration, report, pool.models);
  } finally {
    await pool.close();
  }
}

function whole(least: number): (text: string) => number {
  return (text) => {
    if (!/^\d{1,9}$/.test(text) || Number(text) < least)
      throw new InvalidArgumentError(`a whole number from ${least}`);
    return Number(text);
  };
}

function rate(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError('a rate between 0 and 1');
  return value;
}
