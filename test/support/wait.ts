import { inspect } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';

export interface UntilOptions {
  /** Default a minute: only what never comes is waited for so long. */
  readonly deadlineMs?: number;
  /** Pause between two tries; default 50 ms. */
  readonly everyMs?: number;
}

/**
 * Polls until `fn` returns something truthy, and returns that. A try that throws counts as not yet; a try that hangs is
 * abandoned at the deadline, after which no further one begins.
 *
 * @throws Error that shows the last value or failure
 */
export async function until<T>(
  fn: () => T | Promise<T>,
  options: UntilOptions = {},
): Promise<NonNullable<T>> {
  const { deadlineMs = 60_000, everyMs = 50 } = options;
  const end = Date.now() + deadlineMs;
  let last = 'nothing: the first try did not finish';
  while (Date.now() < end) {
    const outcome = await Promise.race([attempt(fn), sleep(end - Date.now(), undefined, { ref: false })]);
    if (outcome?.value) return outcome.value;
    if (outcome) last = outcome.shown;
    await sleep(Math.min(everyMs, Math.max(0, end - Date.now())));
  }
  throw new Error(`Not within ${deadlineMs} ms; last was ${last}`);
}

async function attempt<T>(fn: () => T | Promise<T>): Promise<{ value?: T; shown: string }> {
  try {
    const value = await fn();
    return { value, shown: inspect(value, { depth: 4 }) };
  } catch (error) {
    return { shown: `the failure ${error instanceof Error ? error.message : String(error)}` };
  }
}
