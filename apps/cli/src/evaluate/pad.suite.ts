import { DEFAULT_PAD_THRESHOLDS, type PadThresholds } from '#biometrics';
import { InferencePool } from '#inference';
import type { Species } from '#simulator';
import { castOf, type CastMember, strangersOf } from '../simulation/cast.js';
import { CaptureMeter } from './capture-meter.js';
import { type PadReport, padReport, type PadSample } from './pad-report.js';
import { quantile } from './rate.js';
import { recordedSamples } from './recorded-samples.js';
import { sameDesk, type SameDeskReport } from './same-desk.js';
import { simulatedSamples } from './simulated-samples.js';

const DEADLINE_MS = 60_000;

export interface SimulatedPadReport extends PadReport {
  /** Thresholds chosen on the known people, reported on as many who were drawn by chance from the seed. */
  readonly heldOut: {
    readonly calibratedOn: readonly string[];
    readonly reportedOn: readonly string[];
    readonly report: PadReport;
  };
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
    return { samples, report: padReport(samples, DEFAULT_PAD_THRESHOLDS, false) };
  } finally {
    await meter.close();
  }
}

/** Renders live captures and attacks, measures them as the pipeline does, and reports error rates under the default thresholds. */
export async function simulatedPad(
  modelsDir: string,
  options: {
    readonly perKind: number;
    readonly seed: number;
    readonly ambientLux: readonly number[] | null;
    readonly kinds?: readonly ('live' | Species)[];
    readonly threads: number;
    readonly log: (line: string) => void;
  },
): Promise<{ report: SimulatedPadReport; samples: readonly PadSample[] }> {
  const meter = await CaptureMeter.start(modelsDir, options.threads);
  try {
    const known = await castOf(meter.inference, DEADLINE_MS);
    const strangers = await strangersOf(meter.inference, DEADLINE_MS, {
      count: known.length,
      seed: options.seed,
    });
    // Taking turns, so that each half has the same seeds' challenges and rooms.
    const cast = known.flatMap((member, i) => [member, strangers[i] as CastMember]);
    const samples = await simulatedSamples(meter, cast, options);
    const calibratedOn = known.map(({ name }) => name);
    const reportedOn = strangers.map(({ name }) => name);
    const of = (names: readonly string[]) => samples.filter(({ source }) => names.includes(source));
    const thresholds = calibrate(of(calibratedOn));
    const heldOut = { calibratedOn, reportedOn, report: padReport(of(reportedOn), thresholds, true) };
    return { samples, report: { ...padReport(samples, DEFAULT_PAD_THRESHOLDS, true), heldOut } };
  } finally {
    await meter.close();
  }
}

/** Renders one of the synthetic people verifying again and again at one desk. */
export async function simulatedDesk(
  modelsDir: string,
  options: { readonly captures: number; readonly seed: number; readonly log: (line: string) => void },
): Promise<SameDeskReport> {
  const pool = await InferencePool.start({ modelsDir, threads: 1, maxQueue: 1 });
  const [person] = await strangersOf(pool, DEADLINE_MS, { count: 1, seed: options.seed }).finally(() =>
    pool.close(),
  );
  return sameDesk((person as CastMember).subject, options);
}

/** Share of bona fide captures that one gate may fail on the calibration half, and the margin kept besides. */
const ALLOWED = 0.01;
const MARGIN = 0.9;

/** Loosens thresholds that live captures of the calibration half do not reach, and no others: attacks have no say. */
function calibrate(samples: readonly PadSample[]): PadThresholds {
  const live = samples.filter(({ label }) => label === 'bona_fide').flatMap(({ signals }) => signals ?? []);
  const low = (name: 'stillness' | 'tH' | 'tQ', fallback: number): number => {
    const value = quantile(
      live.flatMap((signals) => signals[name] ?? []),
      ALLOWED,
    );
    return value === null ? fallback : Math.min(fallback, MARGIN * value);
  };
  const mouth = live.flatMap(({ actions }) =>
    actions.flatMap(({ action, extent }) => (action === 'open_mouth' ? (extent ?? []) : [])),
  );
  return {
    ...DEFAULT_PAD_THRESHOLDS,
    minStillness: low('stillness', DEFAULT_PAD_THRESHOLDS.minStillness),
    minHomographyResidual: low('tH', DEFAULT_PAD_THRESHOLDS.minHomographyResidual),
    minQuadraticResidual: low('tQ', DEFAULT_PAD_THRESHOLDS.minQuadraticResidual),
    minMouthOpening: Math.min(
      DEFAULT_PAD_THRESHOLDS.minMouthOpening,
      MARGIN * (quantile(mouth, ALLOWED) ?? 1),
    ),
  };
}
