import { ACTIONS, type PadThresholds } from '#biometrics';
import { passes } from './pad-report.js';
import type { PadSample } from './pad-samples.js';
import { type Rate, rateOf } from './rate.js';

/** BPCER of the bona fide captures of one condition. */
export interface ConditionRate extends Rate {
  readonly condition: string;
}

export interface Breakdown {
  readonly camera: readonly ConditionRate[];
  readonly light: readonly ConditionRate[];
  /** A capture counts for every action it was asked for. */
  readonly challenge: readonly ConditionRate[];
}

/** Whom it refuses: BPCER by what a bona fide capture was taken with, in what light, and what was asked. */
export function bpcerBy(samples: readonly PadSample[], thresholds: PadThresholds): Breakdown {
  const live = samples.filter(({ label }) => label === 'bona_fide');
  const of = (condition: string, chosen: readonly PadSample[]): ConditionRate[] => {
    const refused = chosen.filter((sample) => !passes(sample, thresholds)).length;
    return chosen.length > 0 ? [{ condition, ...rateOf(refused, chosen.length) }] : [];
  };
  const cameras = [...new Set(live.flatMap(({ camera }) => camera ?? []))].sort();
  const lights = [...new Set(live.flatMap(({ ambientLux }) => ambientLux ?? []))].sort((a, b) => a - b);
  return {
    camera: cameras.flatMap((name) =>
      of(
        name,
        live.filter(({ camera }) => camera === name),
      ),
    ),
    light: lights.flatMap((lux) =>
      of(
        `${lux} lux`,
        live.filter(({ ambientLux }) => ambientLux === lux),
      ),
    ),
    challenge: ACTIONS.flatMap((action) =>
      of(
        action,
        live.filter(({ challenge }) => challenge.includes(action)),
      ),
    ),
  };
}
