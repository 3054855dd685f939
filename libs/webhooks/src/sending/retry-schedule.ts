import { MAX_RETRY_AFTER_MS } from '../settings.js';

const JITTER = 0.1;

/**
 * Milliseconds until the next attempt, or null after the last one. Up to a tenth is added or taken away at random, so that what failed
 * together does not come back together.
 * @param tries failed so far, ≥ 1
 * @param retryAfterMs what the receiver asked for: honoured when it is longer, up to a day
 * @param random 0 ≤ x < 1
 */
export function nextDelay(
  schedule: readonly number[],
  tries: number,
  retryAfterMs: number | null,
  random: () => number = Math.random,
): number | null {
  const pause = schedule[tries - 1];
  if (pause === undefined) return null;
  const jittered = pause * (1 + JITTER * (2 * random() - 1));
  return Math.round(Math.max(jittered, Math.min(retryAfterMs ?? 0, MAX_RETRY_AFTER_MS)));
}
