import { GATES, judgeLiveness, NUMERIC_SIGNALS, type PadThresholds, reachesPadLevel } from '#biometrics';
import type { PadSample } from './pad-samples.js';
import { type GeometryReport, geometryReport } from './geometry-report.js';
import { quantile, type Rate, rateOf } from './rate.js';

export interface SpeciesRate {
  readonly species: string;
  /** Share of attacks that were taken for bona fide presentations (ISO/IEC 30107-3 APCER of this species). */
  readonly apcer: number;
  readonly lower: number;
  readonly upper: number;
  readonly n: number;
}

export interface PadReport {
  /** Whether any capture was rendered: then no number says anything about real people. */
  readonly synthetic: boolean;
  /** Share of bona fide presentations that did not reach the level asked for, for whatever reason, inconclusive ones included. */
  readonly bpcer: Rate;
  readonly species: readonly SpeciesRate[];
  /** What happened to the captures of each kind, by reason. */
  readonly reasons: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Quantiles of each signal, by kind. */
  readonly signals: Readonly<
    Record<string, Readonly<Record<string, { p5: number | null; p50: number | null; p95: number | null }>>>
  >;
  /** How well depth and mesh know the face. */
  readonly geometry: GeometryReport;
  readonly thresholds: PadThresholds;
}

const LIVE = 'bona_fide';
/** Judges every capture under the thresholds and counts. @throws RangeError without a bona fide capture */
export function padReport(samples: readonly PadSample[], thresholds: PadThresholds): PadReport {
  const kinds = groupBy(samples);
  const live = kinds.get(LIVE) ?? [];
  const rejected = live.filter((sample) => !passes(sample, thresholds)).length;
  const attacks = [...kinds].filter(([kind]) => kind !== LIVE);
  return {
    synthetic: samples.some(({ synthetic }) => synthetic),
    bpcer: rateOf(rejected, live.length),
    species: attacks.map(([species, list]) => {
      const { rate, ...bounds } = rateOf(
        list.filter((sample) => passes(sample, thresholds)).length,
        list.length,
      );
      return { species, apcer: rate, ...bounds };
    }),
    reasons: Object.fromEntries([...kinds].map(([kind, list]) => [kind, countReasons(list, thresholds)])),
    signals: Object.fromEntries([...kinds].map(([kind, list]) => [kind, describe(list)])),
    geometry: geometryReport(kinds, LIVE),
    thresholds,
  };
}

/** Whether a capture would be taken for bona fide: the level it was asked for reached and no gate failed. */
export function passes({ signals, flash }: PadSample, thresholds: PadThresholds): boolean {
  if (!signals) return false;
  const { level, reason } = judgeLiveness(signals, thresholds);
  return reason === null && reachesPadLevel(level, flash ? 'challenge_flash' : 'challenge');
}

function countReasons(samples: readonly PadSample[], thresholds: PadThresholds): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { halt, signals, flash } of samples) {
    const verdict = signals && judgeLiveness(signals, thresholds);
    const unmeasured =
      verdict &&
      GATES.find((gate) => verdict.gates[gate] === 'unmeasured' && (flash || !gate.startsWith('flash')));
    const gate = verdict?.failed[0];
    const reason =
      halt ??
      (verdict?.reason
        ? `${verdict.reason} (${gate}${gate === 'challenge' ? `: ${verdict.missing.join(', ')}` : ''})`
        : unmeasured
          ? `unmeasured (${unmeasured})`
          : 'passed');
    counts[reason] = (counts[reason] ?? 0) + 1;
  }
  return counts;
}

function describe(samples: readonly PadSample[]): PadReport['signals'][string] {
  return Object.fromEntries(
    NUMERIC_SIGNALS.map((name) => {
      const values = samples.flatMap(({ signals }) => signals?.[name] ?? []);
      return [name, { p5: quantile(values, 0.05), p50: quantile(values, 0.5), p95: quantile(values, 0.95) }];
    }),
  );
}

function groupBy(samples: readonly PadSample[]): Map<string, PadSample[]> {
  const kinds = new Map<string, PadSample[]>();
  for (const sample of samples) {
    const kind = sample.label === 'bona_fide' ? LIVE : (sample.species ?? 'unknown');
    kinds.set(kind, [...(kinds.get(kind) ?? []), sample]);
  }
  return kinds;
}
