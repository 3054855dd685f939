import { quantile } from '../rate.js';

/** Share of bona fide captures that one gate may refuse. */
export const ALLOWED = 0.01;
/** Standard normal deviate of {@link ALLOWED}: where the tail of so few is guessed rather than counted. */
const DEVIATE = 2.33;
/** From the median down to the lowest sixth is one standard deviation of a normal distribution. */
const ONE_DEVIATION_BELOW = 0.1587;

/**
 * Where a gate draws its line between values turned so that more speaks for a live person: at the tail of the bona fide ones, where at
 * most {@link ALLOWED} of them lie below, counted and by the spread of their lower half, whichever is lower; where every attack lies
 * below that, half-way to the highest of them. Attacks never move a line up into the bona fide ones.
 * @returns null without values on both sides
 */
export function chooseThreshold(bonaFide: readonly number[], attacks: readonly number[]): number | null {
  const [counted, middle, lower] = [ALLOWED, 0.5, ONE_DEVIATION_BELOW].map((q) => quantile(bonaFide, q));
  if (counted == null || middle == null || lower == null || attacks.length === 0) return null;
  const tail = Math.min(counted, middle - DEVIATE * (middle - lower));
  const highest = Math.max(...attacks);
  return highest < tail ? (highest + tail) / 2 : tail;
}
