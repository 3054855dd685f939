import { DEFAULT_PAD_THRESHOLDS } from '#biometrics';
import { InferencePool } from '#inference';
import { type CastMember, strangersOf } from '../simulation/cast.js';
import { CaptureMeter } from './capture-meter.js';
import { type PadReport, padReport, type PadSample } from './pad-report.js';
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

/** Measures recorded captures and reports error rates under the default thresholds. */
export async function recordedPad(
  modelsDir: string,
  directory: string,
  options: { readonly threads: number; readonly log: (line: string) => void },
): Promise<{ report: PadReport; samples: readonly PadSample[] }> {
  const meter = await CaptureMeter.start(modelsDir, options.threads);
  try {
    const samples = await recordedSamples(meter, directory, options.log);
    return { samples, report: padReport(samples, DEFAULT_PAD_THRESHOLDS) };
  } finally {
    await meter.close();
  }
}

/** Renders live captures and attacks of people drawn by chance, measures them as the pipeline does, and reports under the default thresholds. */
export async function simulatedPad(
  modelsDir: string,
  options: SimulatedPadOptions,
): Promise<{ report: PadReport; samples: readonly PadSample[] }> {
  const meter = await CaptureMeter.start(modelsDir, options.threads);
  try {
    const samples = await simulatedSamples(meter, await peopleOf(meter.inference, options), options);
    return { samples, report: padReport(samples, DEFAULT_PAD_THRESHOLDS) };
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
