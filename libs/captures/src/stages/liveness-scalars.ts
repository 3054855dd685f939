import type { Action, FlashSignals, LivenessSignals } from '#biometrics';
import { numberOf, type Scalars } from '../entities/stage-result.entity.js';

const EXTENT = 'extent.';
const FLASH = 'flash.';

/** Flattens the signals for storage: scalars only, one member per asked action and, where one was asked, per measure of the flash. */
export function signalsToScalars({ actions, flash, ...signals }: LivenessSignals): Scalars {
  const extents = actions.map(({ action, extent }, place) => [`${EXTENT}${place}.${action}`, extent]);
  const colours = Object.entries(flash ?? {}).map(([key, value]) => [
    `${FLASH}${key}`,
    value as number | null,
  ]);
  return { ...signals, ...(Object.fromEntries([...extents, ...colours]) as Scalars) };
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

const NUMBERS = [
  'stillness',
  'tH',
  'tQ',
  'lrA',
  'fore',
  'consistency',
  'groupConsistency',
  'nearDuplicates',
  'trajectoryDistance',
] as const;

/** Reads the signals back as the decision judges them; a member that is missing or no number is null, which never counts as passed. */
export function scalarsToSignals(scalars: Scalars, actions: readonly Action[]): LivenessSignals {
  const number = (key: string): number | null => numberOf(scalars[key]);
  const numbers = Object.fromEntries(NUMBERS.map((key) => [key, number(key)])) as Record<
    (typeof NUMBERS)[number],
    number | null
  >;
  const frames = number(`${FLASH}frames`);
  return {
    ...numbers,
    flash:
      frames === null
        ? null
        : {
            frames,
            ...(Object.fromEntries(FLASH_NUMBERS.map((key) => [key, number(`${FLASH}${key}`)])) as Record<
              (typeof FLASH_NUMBERS)[number],
              number | null
            >),
          },
    tracks: number('tracks'),
    actions: actions.map((action, place) => ({ action, extent: number(`${EXTENT}${place}.${action}`) })),
  };
}
