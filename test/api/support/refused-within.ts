import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from './call.js';

/**
 * Asks until the token is refused. A slow machine only asks less often: what breaks the promise is to be admitted when asked after
 * its time.
 *
 * @throws Error on a request that began more than `ms` after the call and was admitted
 */
export async function refusedWithin(ms: number, ask: () => Promise<Answer>): Promise<void> {
  const since = performance.now();
  for (;;) {
    const asked = performance.now() - since;
    if ((await ask()).code === 'unauthenticated') return;
    if (asked > ms) throw new Error(`Admitted when asked ${Math.round(asked)} ms after the revocation`);
    await sleep(50);
  }
}
