/** The median of some numbers; `null` of none. */
export function median(values: readonly number[]): number | null {
  return quantile(values, 0.5);
}

/** The `q`-quantile (0 … 1) of some numbers, interpolated linearly; `null` of none. */
export function quantile(values: readonly number[], q: number): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const place = q * (sorted.length - 1);
  const below = sorted[Math.floor(place)] as number;
  const above = sorted[Math.ceil(place)] as number;
  return below + (above - below) * (place - Math.floor(place));
}
