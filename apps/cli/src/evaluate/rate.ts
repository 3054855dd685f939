/** A rate with its two-sided 95 % bounds. */
export interface Rate {
  readonly rate: number;
  readonly lower: number;
  readonly upper: number;
  readonly n: number;
}

const Z95 = 1.959964;

/**
 * Rate of `events` among `n` with the Wilson score interval (Wilson 1927), which stays honest for no or few events.
 * @throws RangeError unless 0 ≤ events ≤ n and n ≥ 1
 */
export function rateOf(events: number, n: number): Rate {
  if (!Number.isInteger(events) || !Number.isInteger(n) || n < 1 || events < 0 || events > n)
    throw new RangeError('0 ≤ events ≤ n, n ≥ 1');
  const p = events / n;
  const z2 = Z95 * Z95;
  const centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Z95 / (1 + z2 / n)) * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n));
  // Exactly 0 and 1 where rounding would leave a trace.
  return {
    rate: p,
    lower: events === 0 ? 0 : Math.max(0, centre - half),
    upper: events === n ? 1 : Math.min(1, centre + half),
    n,
  };
}

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
