import type { Action, LivenessSignals } from '#biometrics';
import type { Scalars } from '../entities/stage-result.entity.js';

const EXTENT = 'extent.';

/** Flattens the signals for storage: scalars only, one member per asked action. */
export function signalsToScalars({ actions, ...signals }: LivenessSignals): Scalars {
  const extents = actions.map(({ action, extent }, place) => [`${EXTENT}${place}.${action}`, extent]);
  return { ...signals, ...(Object.fromEntries(extents) as Scalars) };
}

const NUMBERS = ['stillness', 'tH', 'tQ', 'lrA', 'fore', 'consistency', 'nearDuplicates'] as const;

/** Reads the signals back as the decision judges them; a member that is missing or no number is null, which never counts as passed. */
export function scalarsToSignals(scalars: Scalars, actions: readonly Action[]): LivenessSignals {
  const number = (key: string): number | null => {
    const value = scalars[key];
    return typeof value === 'number' && Number.isFinite(value) ? value : null;
  };
  const numbers = Object.fromEntries(NUMBERS.map((key) => [key, number(key)])) as Record<
    (typeof NUMBERS)[number],
    number | null
  >;
  return {
    ...numbers,
    tracks: number('tracks'),
    actions: actions.map((action, place) => ({ action, extent: number(`${EXTENT}${place}.${action}`) })),
  };
}
