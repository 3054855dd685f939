import { type Gate, GATES, judgeLiveness, type PadThresholds } from '#biometrics';
import type { PadSample } from './pad-samples.js';

const RELIEF = ['lrA', 'fore', 'tH', 'tQ'] as const satisfies readonly Gate[];

/** Gates that are left out together: one by one, and those that say the same thing in several ways. */
const LEFT_OUT = {
  replay: ['replay'],
  stillness: ['stillness'],
  lrA: ['lrA'],
  fore: ['fore'],
  consistency: ['consistency'],
  challenge: ['challenge'],
  tH: ['tH'],
  tQ: ['tQ'],
  score: ['score'],
  relief: RELIEF,
  'relief and score': [...RELIEF, 'score'],
  flashScore: ['flashScore'],
  flash: ['flash', 'flashReadable', 'flashScore'],
} as const satisfies Record<string, readonly Gate[]>;
type LeftOut = keyof typeof LEFT_OUT;

export interface Ablation {
  /** What is left out. */
  readonly gate: LeftOut;
  /** Attacks of each species that it stops, alone or with others, as a share of all of it. */
  readonly stoppedBy: Readonly<Record<string, number>>;
  /** Attacks of each species that only this gate stops, as a share of all of it. */
  readonly onlyStoppedBy: Readonly<Record<string, number>>;
  /** Bona fide captures that only this gate refuses, as a share of all of them. */
  readonly onlyRefusedBy: number;
}

/** What each gate adds to the others: what would pass if it were not there. */
export function ablation(samples: readonly PadSample[], thresholds: PadThresholds): Ablation[] {
  const live = samples.filter(({ label }) => label === 'bona_fide');
  const species = [...new Set(samples.flatMap((sample) => sample.species ?? []))].sort();
  return (Object.keys(LEFT_OUT) as LeftOut[]).map((gate) => {
    const share = (chosen: readonly PadSample[], which: typeof isDecisive): number =>
      chosen.filter((sample) => which(sample, gate, thresholds)).length / Math.max(1, chosen.length);
    const bySpecies = (which: typeof isDecisive): Record<string, number> =>
      Object.fromEntries(
        species.map((name) => [
          name,
          share(
            samples.filter((sample) => sample.species === name),
            which,
          ),
        ]),
      );
    return {
      gate,
      onlyRefusedBy: share(live, isDecisive),
      onlyStoppedBy: bySpecies(isDecisive),
      stoppedBy: bySpecies(isStopped),
    };
  });
}

/** Whether a capture is refused with a gate and would pass without it. */
function isDecisive(sample: PadSample, left: LeftOut, thresholds: PadThresholds): boolean {
  const stopping = notPassed(sample, thresholds);
  return stopping.length > 0 && stopping.every((gate) => (LEFT_OUT[left] as readonly Gate[]).includes(gate));
}

/** Whether a gate does not let a capture pass, whatever others say. */
function isStopped(sample: PadSample, by: LeftOut, thresholds: PadThresholds): boolean {
  return notPassed(sample, thresholds).some((gate) => (LEFT_OUT[by] as readonly Gate[]).includes(gate));
}

function notPassed({ signals, flash }: PadSample, thresholds: PadThresholds): Gate[] {
  if (!signals) return [];
  const { gates } = judgeLiveness(signals, thresholds);
  return GATES.filter((gate) => (flash || !gate.startsWith('flash')) && gates[gate] !== 'passed');
}
