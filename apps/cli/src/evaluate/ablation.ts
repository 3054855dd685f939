import { type Gate, GATES, judgeLiveness, type PadThresholds } from '#biometrics';
import type { PadSample } from './pad-samples.js';

/** Gates that are left out one by one, and those of the flash together as well. */
const LEFT_OUT = [
  'replay',
  'stillness',
  'lrA',
  'fore',
  'consistency',
  'challenge',
  'tH',
  'tQ',
  'score',
  'flash',
  'flashScore',
] as const;
type LeftOut = (typeof LEFT_OUT)[number];

export interface Ablation {
  /** The gate that is left out. */
  readonly gate: LeftOut;
  /** Attacks of each species that only this gate stops, as a share of all of it. */
  readonly onlyStoppedBy: Readonly<Record<string, number>>;
  /** Bona fide captures that only this gate refuses, as a share of all of them. */
  readonly onlyRefusedBy: number;
}

/** What each gate adds to the others: what would pass if it were not there. */
export function ablation(samples: readonly PadSample[], thresholds: PadThresholds): Ablation[] {
  const live = samples.filter(({ label }) => label === 'bona_fide');
  const species = [...new Set(samples.flatMap((sample) => sample.species ?? []))].sort();
  return LEFT_OUT.map((gate) => {
    const share = (chosen: readonly PadSample[]): number =>
      chosen.filter((sample) => isDecisive(sample, gate, thresholds)).length / Math.max(1, chosen.length);
    return {
      gate,
      onlyRefusedBy: share(live),
      onlyStoppedBy: Object.fromEntries(
        species.map((name) => [name, share(samples.filter((sample) => sample.species === name))]),
      ),
    };
  });
}

/** Whether a capture is refused with a gate and would pass without it. */
function isDecisive({ signals, flash }: PadSample, left: LeftOut, thresholds: PadThresholds): boolean {
  if (!signals) return false;
  const { gates } = judgeLiveness(signals, thresholds);
  const isLeft = (gate: Gate): boolean => gate === left || (left === 'flash' && gate.startsWith('flash'));
  const asked = GATES.filter((gate) => flash || !gate.startsWith('flash'));
  const stopped = asked.filter((gate) => gates[gate] !== 'passed');
  return stopped.length > 0 && stopped.every(isLeft);
}
