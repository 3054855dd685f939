import { InferencePool } from '#inference';
import { type CastMember, strangersOf } from '../simulation/cast.js';
import { CaptureMeter } from './capture-meter.js';
import { type PadSample, readSamples } from './pad-samples.js';
import { recordSimulation } from './record-simulation.js';
import { recordedSamples } from './recorded-samples.js';
import { sameDesk, type SameDeskOptions, type SameDeskReport } from './same-desk.js';
import { simulatedSamples, type SimulationOptions } from './simulated-samples.js';

const DEADLINE_MS = 60_000;

export interface SimulatedPadOptions extends SimulationOptions {
  /** How many people are drawn by chance from the seed; nothing was tuned on those of other seeds. */
  readonly people: number;
  readonly threads: number;
}

/** Measures recorded captures: folders of them, and files of captures that were measured before. */
export async function recordedPad(
  modelsDir: string,
  paths: readonly string[],
  options: { readonly threads: number; readonly log: (line: string) => void },
): Promise<readonly PadSample[]> {
  const isMeasured = (path: string): boolean => path.endsWith('.json');
  const measured = (await Promise.all(paths.filter(isMeasured).map(readSamples))).flat();
  const directories = paths.filter((path) => !isMeasured(path));
  if (directories.length === 0) return measured;
  const meter = await CaptureMeter.start(modelsDir, options.threads);
  try {
    for (const directory of directories)
      measured.push(...(await recordedSamples(meter, directory, options.log)));
    return measured;
  } finally {
    await meter.close();
  }
}

/** Renders live captures and attacks of people drawn by chance, and measures them as the pipeline does. */
export async function simulatedPad(
  modelsDir: string,
  options: SimulatedPadOptions,
): Promise<readonly PadSample[]> {
  const meter = await CaptureMeter.start(modelsDir, options.threads);
  try {
    return await simulatedSamples(meter, await peopleOf(meter.inference, options), options);
  } finally {
    await meter.close();
  }
}

/** Renders the same captures into folders of `directory`, to be measured by {@link recordedPad} as often as need be. */
export async function recordedSimulation(
  modelsDir: string,
  directory: string,
  options: SimulatedPadOptions,
): Promise<number> {
  const pool = await InferencePool.start({ modelsDir, threads: options.threads, maxQueue: 1 });
  try {
    return await recordSimulation(pool, await peopleOf(pool, options), directory, options);
  } finally {
    await pool.close();
  }
}

const peopleOf = (pool: InferencePool, { people, seed }: SimulatedPadOptions) =>
  strangersOf(pool, DEADLINE_MS, { count: people, seed });

/** Renders one of the synthetic people verifying again and again at one desk. */
export async function simulatedDesk(modelsDir: string, options: SameDeskOptions): Promise<SameDeskReport> {
  const pool = await InferencePool.start({ modelsDir, threads: 1, maxQueue: 1 });
  const [person] = await strangersOf(pool, DEADLINE_MS, { count: 1, seed: options.seed }).finally(() =>
    pool.close(),
  );
  return sameDesk((person as CastMember).subject, options);
}
