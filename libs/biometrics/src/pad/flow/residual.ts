import { type Fit, type Tracks } from './warps.js';

/** The share of tracks that counts; the rest may be mistakes of the tracker. */
export const KEPT_SHARE = 0.8;

/**
 * Root mean square of the smaller 80 % of the distances that a fit leaves (least trimmed squares, Rousseeuw 1984, one
 * concentration step), in the unit of `tracks.to`; `null` when there is no fit.
 */
export function trimmedResidual(tracks: Tracks, fit: Fit): number | null {
  const first = fit(tracks, tracks);
  if (!first) return null;
  const refitted = fit(select(tracks, smallest(first)), tracks);
  if (!refitted) return null;
  const kept = smallest(refitted).map((i) => refitted[i] as number);
  const residual = Math.sqrt(kept.reduce((sum, square) => sum + square, 0) / kept.length);
  return Number.isFinite(residual) ? residual : null;
}

function smallest(squares: Float64Array): number[] {
  const order = Array.from(squares.keys()).sort((a, b) => (squares[a] as number) - (squares[b] as number));
  return order.slice(0, Math.ceil(KEPT_SHARE * squares.length));
}

function select({ from, to }: Tracks, indices: readonly number[]): Tracks {
  const pick = (points: Float64Array): Float64Array =>
    Float64Array.from(indices.flatMap((i) => [points[2 * i] as number, points[2 * i + 1] as number]));
  return { from: pick(from), to: pick(to) };
}
