/** 0 at `worst` and beyond, 100 at `best` and beyond, straight between; NaN stays NaN, which no floor lets pass. */
export function percent(value: number, worst: number, best: number): number {
  return 100 * Math.min(1, Math.max(0, (value - worst) / (best - worst)));
}
