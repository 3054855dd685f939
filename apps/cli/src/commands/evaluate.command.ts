import { Command } from 'commander';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { InferencePool } from '#inference';
import {
  type EnrolledImage,
  recognitionReport,
  type RecognitionReport,
} from '../evaluate/recognition-report.js';
import { provisionModels } from '../provision-models.js';

const DEADLINE_MS = 60_000;
/** Extraction wants three frames of a capture; a photograph stands for all three, and their mean is itself. */
const COPIES = 3;

const manifestSchema = z.array(z.object({ path: z.string().min(1), identity: z.string().min(1) })).min(1);

export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description('error rates of comparisons over labelled photographs, with 95 % bounds')
    .argument('<manifest>', 'JSON file: [{ "path", "identity" }], paths relative to it')
    .option('--json <file>', 'also write the report as JSON')
    .action(async (manifest: string, { json }: { json?: string }) => {
      const modelsDir = resolve(await provisionModels(process.env, (line) => console.log(line)));
      const report = recognitionReport(await extractAll(manifest, modelsDir));
      print(report);
      if (json) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
    });
}

async function extractAll(manifest: string, modelsDir: string): Promise<EnrolledImage[]> {
  const entries = manifestSchema.parse(JSON.parse(await readFile(manifest, 'utf8')));
  const pool = await InferencePool.start({ modelsDir, threads: 1, maxQueue: 4 });
  try {
    const images: EnrolledImage[] = [];
    for (const { path, identity } of entries) {
      const bytes = await readFile(resolve(dirname(manifest), path));
      const { template } = await pool.extract(new Array<Uint8Array>(COPIES).fill(bytes), {
        deadlineMs: DEADLINE_MS,
      });
      images.push({ path, identity, template });
      if (images.length % 100 === 0) console.log(`${images.length} of ${entries.length} images`);
    }
    return images;
  } finally {
    await pool.close();
  }
}

function print({
  images,
  identities,
  fta,
  matedPairs,
  nonMatedPairs,
  eer,
  fnmrAtFmr,
  worstPairs,
}: RecognitionReport): void {
  const percent = (value: number) => `${(100 * value).toFixed(2)} %`;
  console.log(
    `${images} images of ${identities} people; ${matedPairs} mated and ${nonMatedPairs} non-mated pairs`,
  );
  console.log(
    `FTA ${percent(fta.rate)} (${percent(fta.lower)} … ${percent(fta.upper)}) · EER ${eer === null ? 'no pairs' : percent(eer)}`,
  );
  for (const [fmr, at] of Object.entries(fnmrAtFmr)) {
    const text = at
      ? `${percent(at.fnmr)} (${percent(at.lower)} … ${percent(at.upper)}) at threshold ${at.threshold.toFixed(3)}`
      : 'too few non-mated pairs';
    console.log(`FNMR at FMR ${fmr}: ${text}`);
  }
  console.table(worstPairs.map(({ kind, a, b, score }) => ({ kind, a, b, score: score.toFixed(3) })));
}
