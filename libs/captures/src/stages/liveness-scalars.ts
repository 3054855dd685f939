import {
  type Action,
  type FlashSignals,
  type LivenessSignals,
  NUMERIC_SIGNALS,
  type RiskCues,
} from '#biometrics';
import { numberOf, type Scalars } from '../entities/stage-result.entity.js';

const EXTENT = 'extent.';
const FLASH = 'flash.';
const CUE = 'cue.';

/**
 * Flattens the signals for storage: scalars only, one member per asked action, per cue and, where one was asked, per measure of the
 * flash.
 */
export function signalsToScalars({ actions, flash, cues, ...signals }: LivenessSignals): Scalars {
  const extents = actions.map(({ action, extent }, place) => [`${EXTENT}${place}.${action}`, extent]);
  return {
    ...signals,
    ...(Object.fromEntries(extents) as Scalars),
    ...prefixed(FLASH, flash),
    ...prefixed(CUE, cues),
  };
}

function prefixed(prefix: string, members: FlashSignals | RiskCues | null): Scalars {
  const entries = Object.entries(members ?? {}) as [string, number | null][];
  return Object.fromEntries(entries.map(([key, value]) => [`${prefix}${key}`, value]));
}

const FLASH_NUMBERS = [
  'p',
  'gain',
  'gainSe',
  'rho',
  'lag',
  'chromaRms',
  'sectors',
  'additive',
  'spread',
  'background',
  'sideToCentre',
] as const satisfies readonly (keyof FlashSignals)[];

const CUES = [
  'moire',
  'colourSpread',
  'skinSpread',
  'blackLevel',
  'noise',
  'noiseMismatch',
  'noiseRepeat',
] as const satisfies readonly (keyof RiskCues)[];

/** Whether a stage that ran knew every signal that there is now. */
export function hasEverySignal(scalars: Scalars): boolean {
  return NUMERIC_SIGNALS.every((key) => key in scalars);
}

/** Reads the signals back as the decision judges them; a member that is missing or no number is null, which never counts as passed. */
export function scalarsToSignals(scalars: Scalars, actions: readonly Action[]): LivenessSignals {
  const number = (key: string): number | null => numberOf(scalars[key]);
  const numbers = <Key extends string>(keys: readonly Key[], prefix = ''): Record<Key, number | null> =>
    Object.fromEntries(keys.map((key) => [key, number(`${prefix}${key}`)])) as Record<Key, number | null>;
  const frames = number(`${FLASH}frames`);
  return {
    ...numbers(NUMERIC_SIGNALS),
    flash: frames === null ? null : { frames, ...numbers(FLASH_NUMBERS, FLASH) },
    // Captures before there were cues stored none; where none could be measured, they are stored as null.
    cues: CUES.some((key) => `${CUE}${key}` in scalars) ? numbers(CUES, CUE) : null,
    tracks: number('tracks'),
    actions: actions.map((action, place) => ({ action, extent: number(`${EXTENT}${place}.${action}`) })),
  };
}
