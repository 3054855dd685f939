export { type Rate, rateOf } from '#biometrics';

/** The value below which a share `q` of the values lies; null without values. */
export function quantile(values: readonly number[], q: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? null;
}

/**
 * Share of pairs in which the first list's value is the greater one, ties counted half: the area under the ROC curve (Mann and
 * Whitney 1947). Null when either list is empty.
 */
export function areaUnderCurve(greater: readonly number[], smaller: readonly number[]): number | null {
  if (greater.length === 0 || smaller.length === 0) return null;
  const wins = greater.reduce(
    (sum, a) => sum + smaller.reduce((won, b) => won + (a > b ? 1 : a === b ? 0.5 : 0), 0),
    0,
  );
  return wins / (greater.length * smaller.length);
}
