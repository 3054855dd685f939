import { Command, InvalidArgumentError } from 'commander';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DEFAULT_PAD_THRESHOLDS } from '#biometrics';
import { SPECIES } from '#simulator';
import { padPage } from '../evaluate/pad-page.js';
import { type PadReport, padReport } from '../evaluate/pad-report.js';
import { writeSamples } from '../evaluate/pad-samples.js';
import { recordedPad, recordedSimulation, simulatedPad } from '../evaluate/pad.suite.js';
import type { Kind } from '../simulation/orders.js';
import { provisionModels } from '../provision-models.js';

interface Options {
  readonly simulate?: true;
  readonly record?: string;
  readonly people: number;
  readonly perKind: number;
  readonly seed: number;
  readonly threads: number;
  readonly flash?: true;
  readonly ambientLux: readonly number[];
  readonly kinds?: readonly Kind[];
  readonly samples?: string;
  readonly html?: string;
  readonly json?: string;
}

export function evaluatePadCommand(): Command {
  return new Command('evaluate:pad')
    .description('error rates of presentation attack detection (APCER per species, BPCER) with 95 % bounds')
    .argument(
      '[recordings...]',
      'directories of folders with a capture.json beside the frames, or what --samples wrote',
    )
    .option('--simulate', 'render the captures instead; every result is synthetic')
    .option(
      '--record <dir>',
      'render them into folders of this directory only, to be measured by a later run',
    )
    .option('--people <n>', 'how many people to draw by chance from the seed', Number, 12)
    .option('--per-kind <n>', 'captures of each kind', Number, 100)
    .option('--seed <n>', 'first seed', Number, 1)
    .option('--flash', 'challenges with a flash: a pass needs its colours read')
    .option('--ambient-lux <list>', 'light of the rooms with a flash, in lux', luxes, [50, 150, 300, 500])
    .option('--kinds <list>', `only these of live, ${SPECIES.join(', ')}`, kindsOf)
    .option('--samples <file>', 'also write what was measured of each capture as JSON')
    .option('--html <file>', 'also write the report as a page')
    .option('--threads <n>', 'threads that extract and measure', Number, 1)
    .option('--json <file>', 'also write the report as JSON')
    .action(async (recordings: string[], { simulate, json, ...options }: Options) => {
      if (recordings.length > 0 === (simulate !== undefined))
        throw new Error('Give recordings, or --simulate');
      if (options.record !== undefined && !simulate) throw new Error('--record goes with --simulate');
      const log = (line: string) => console.log(line);
      const modelsDir = resolve(await provisionModels(process.env, log));
      const { threads, kinds, ...rest } = options;
      const ambientLux = options.flash ? options.ambientLux : null;
      const simulation = { ...rest, threads, ambientLux, log, ...(kinds && { kinds }) };
      if (options.record !== undefined) {
        const count = await recordedSimulation(modelsDir, options.record, simulation);
        console.log(`SYNTHETIC: ${count} captures in ${options.record}`);
        return;
      }
      const samples = simulate
        ? await simulatedPad(modelsDir, simulation)
        : await recordedPad(modelsDir, recordings, { threads, log });
      // First, so that no report that cannot be made costs the measurements.
      if (options.samples) await writeSamples(options.samples, samples);
      const report = padReport(samples, DEFAULT_PAD_THRESHOLDS);
      console.log(`\n${report.synthetic ? 'SYNTHETIC' : 'Recorded'} captures, default thresholds`);
      print(report);
      if (options.html) await writeFile(options.html, padPage(report, samples));
      if (json) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
    });
}

function print({ bpcer, species, reasons, geometry }: PadReport): void {
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  console.table([
    {
      kind: 'bona_fide',
      error: 'BPCER',
      rate: percent(bpcer.rate),
      lower: percent(bpcer.lower),
      upper: percent(bpcer.upper),
      n: bpcer.n,
    },
    ...species.map(({ species: kind, apcer, lower, upper, n }) => ({
      kind,
      error: 'APCER',
      rate: percent(apcer),
      lower: percent(lower),
      upper: percent(upper),
      n,
    })),
  ]);
  for (const [kind, counts] of Object.entries(reasons)) {
    console.log(
      `${kind}: ${Object.entries(counts)
        .map(([reason, n]) => `${reason} ${n}`)
        .join(' · ')}`,
    );
  }
  printGeometry(geometry);
}

function printGeometry({ meshErrorMm, reliefAuc }: PadReport['geometry']): void {
  if (meshErrorMm) {
    const { p10, p50, p90, n } = meshErrorMm;
    console.log(
      `mesh against the rendered heads, mm RMS: p10 ${p10.toFixed(1)} · median ${p50.toFixed(1)} · p90 ${p90.toFixed(1)} (n = ${n})`,
    );
  }
  const curves = reliefAuc.map(({ species, auc, n }) => `${species} ${auc?.toFixed(3) ?? '–'} (n = ${n})`);
  console.log(`relief across frames, live above each species, AUC: ${curves.join(' · ')}`);
}

function luxes(text: string): number[] {
  return text.split(',').map((each) => {
    const lux = Number(each);
    if (!(lux > 0 && lux <= 200_000)) throw new InvalidArgumentError('numbers above 0, separated by commas');
    return lux;
  });
}

function kindsOf(text: string): Kind[] {
  return text.split(',').map((name) => {
    const kind = (['live', ...SPECIES] as const).find((each) => each === name.trim());
    if (!kind) throw new InvalidArgumentError(`kinds are live, ${SPECIES.join(', ')}`);
    return kind;
  });
}
