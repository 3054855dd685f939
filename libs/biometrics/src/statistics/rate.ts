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
  return { rate: p, lower: Math.max(0, centre - half), upper: Math.min(1, centre + half), n };
}
