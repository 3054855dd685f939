import type { BoundedRate } from './error-curves.js';

/** A rate as people read it; small ones keep two significant digits. */
export function percent(rate: number): string {
  const value = 100 * rate;
  return `${value === 0 || value >= 1 ? value.toFixed(2) : String(Number(value.toPrecision(2)))} %`;
}

export function rateText({ rate, lower, upper }: BoundedRate): string {
  return `${percent(rate)} (${percent(lower)} … ${percent(upper)})`;
}
