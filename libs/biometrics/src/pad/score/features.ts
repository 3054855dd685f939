import { type LivenessSignals } from '../signals.js';

/** Reads one number from a capture's signals, turned so that more of it speaks for a live person; `null` when it was not measured. */
export type Feature = (signals: LivenessSignals) => number | null;

const from = (value: number | null | undefined, turn: (value: number) => number): number | null => {
  if (value === null || value === undefined) return null;
  const turned = turn(value);
  return Number.isFinite(turned) ? turned : null;
};
/** Residuals and differences vary by factors; nothing measured at all is as little as can be told from it. */
const log = (least: number) => (value: number) => Math.log(Math.max(value, least));
const asIs = (value: number): number => value;
const negated = (value: number): number => -value;

/** What the score of every capture rests on. */
export const CHALLENGE_FEATURES = {
  stillness: ({ stillness }) => from(stillness, log(0.01)),
  lrA: ({ lrA }) => from(lrA, asIs),
  fore: ({ fore }) => from(fore, negated),
  tH: ({ tH }) => from(tH, log(1e-4)),
  tQ: ({ tQ }) => from(tQ, log(1e-4)),
  consistency: ({ consistency }) => from(consistency, asIs),
  groupConsistency: ({ groupConsistency }) => from(groupConsistency, asIs),
} as const satisfies Record<string, Feature>;

/** What the score of a capture with a flash rests on besides: how this screen's light lies on what is before it. */
export const FLASH_FEATURES = {
  'flash.rho': ({ flash }) => from(flash?.rho, asIs),
  'flash.gain': ({ flash }) => from(flash?.gain, log(1e-4)),
  'flash.sectors': ({ flash }) => from(flash?.sectors, asIs),
  'flash.additive': ({ flash }) => from(flash?.additive, negated),
  'flash.background': ({ flash }) => from(flash?.background, negated),
  'flash.spread': ({ flash }) => from(flash?.spread, log(0.01)),
  'flash.sideToCentre': ({ flash }) => from(flash?.sideToCentre, negated),
} as const satisfies Record<string, Feature>;

/** Hints, bounded together: alone they turn no verdict. */
export const CUE_FEATURES = {
  'cue.moire': ({ cues }) => from(cues?.moire, negated),
  'cue.colourSpread': ({ cues }) => from(cues?.colourSpread, asIs),
  'cue.skinSpread': ({ cues }) => from(cues?.skinSpread, asIs),
  'cue.blackLevel': ({ cues }) => from(cues?.blackLevel, negated),
  'cue.noise': ({ cues }) => from(cues?.noise, asIs),
  'cue.noiseMismatch': ({ cues }) => from(cues?.noiseMismatch, negated),
  'cue.noiseRepeat': ({ cues }) => from(cues?.noiseRepeat, negated),
} as const satisfies Record<string, Feature>;
