import type { LivenessSignals } from '#biometrics';
import type { PadSample } from './pad-samples.js';
import { areaUnderCurve } from './rate.js';

/** A measured number, turned so that more of it speaks for a live person. */
export interface Signal {
  readonly name: string;
  readonly read: (signals: LivenessSignals) => number | null;
}

const less = (value: number | null | undefined): number | null => (value == null ? null : -value);

export const SIGNALS: readonly Signal[] = [
  { name: 'stillness', read: ({ stillness }) => stillness },
  { name: 'lrA', read: ({ lrA }) => lrA },
  { name: 'fore', read: ({ fore }) => less(fore) },
  { name: 'tH', read: ({ tH }) => tH },
  { name: 'tQ', read: ({ tQ }) => tQ },
  { name: 'consistency', read: ({ consistency }) => consistency },
  { name: 'groupConsistency', read: ({ groupConsistency }) => groupConsistency },
  { name: 'nearDuplicates', read: ({ nearDuplicates }) => less(nearDuplicates) },
  { name: 'trajectoryDistance', read: ({ trajectoryDistance }) => trajectoryDistance },
  { name: 'flash.rho', read: ({ flash }) => flash?.rho ?? null },
  { name: 'flash.gain', read: ({ flash }) => flash?.gain ?? null },
  { name: 'flash.additive', read: ({ flash }) => less(flash?.additive) },
  { name: 'flash.background', read: ({ flash }) => less(flash?.background) },
  { name: 'flash.spread', read: ({ flash }) => flash?.spread ?? null },
  { name: 'cue.moire', read: ({ cues }) => less(cues?.moire) },
  { name: 'cue.colourSpread', read: ({ cues }) => cues?.colourSpread ?? null },
  { name: 'cue.skinSpread', read: ({ cues }) => cues?.skinSpread ?? null },
  { name: 'cue.blackLevel', read: ({ cues }) => less(cues?.blackLevel) },
  { name: 'cue.noise', read: ({ cues }) => cues?.noise ?? null },
  { name: 'cue.noiseMismatch', read: ({ cues }) => less(cues?.noiseMismatch) },
  { name: 'cue.noiseRepeat', read: ({ cues }) => less(cues?.noiseRepeat) },
];

/** Share of attacks and of live captures whose signal reaches each value: the receiver operating characteristic. */
export interface Curve {
  readonly name: string;
  readonly points: readonly (readonly [attacks: number, live: number])[];
}

const valuesOf = (samples: readonly PadSample[], { read }: Signal): number[] =>
  samples.flatMap(({ signals }) => (signals ? (read(signals) ?? []) : []));

/** One curve for each signal that was measured on both. */
export function curves(live: readonly PadSample[], attacks: readonly PadSample[]): Curve[] {
  return SIGNALS.flatMap((signal) => {
    const [ours, theirs] = [valuesOf(live, signal), valuesOf(attacks, signal)];
    if (ours.length === 0 || theirs.length === 0) return [];
    const share = (values: readonly number[], least: number): number =>
      values.filter((value) => value >= least).length / values.length;
    const steps = [...new Set([...ours, ...theirs])].sort((a, b) => b - a);
    const points = steps.map((least) => [share(theirs, least), share(ours, least)] as const);
    return [{ name: signal.name, points: [[0, 0] as const, ...points] }];
  });
}

/** Area under each signal's curve against one species; null where it was not measured on both. */
export function areas(live: readonly PadSample[], attacks: readonly PadSample[]): (number | null)[] {
  return SIGNALS.map((signal) => areaUnderCurve(valuesOf(live, signal), valuesOf(attacks, signal)));
}
