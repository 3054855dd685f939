/**
 * Makes a worker signal itself at a named point. Preloaded with `node --import`; armed over the channel to the parent by
 * `{ type: 'signal-at', channel, match, signal }`: at the first message of that diagnostics channel which has all members of
 * `match`, the process sends itself `signal` before it goes on. Says `armed` on standard output, once the point is set.
 */
import { subscribe } from 'node:diagnostics_channel';
import { writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

if (isMainThread && process.send) {
  process.on('message', ({ type, channel, match, signal }) => {
    if (type !== 'signal-at') return;
    let reached = false;
    subscribe(channel, (message) => {
      if (reached || !Object.entries(match).every(([key, value]) => message[key] === value)) return;
      reached = true;
      process.kill(process.pid, signal);
      // Another thread may take the signal; this one must not get past the point meanwhile.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    });
    writeSync(1, `armed ${channel} ${JSON.stringify(match)}\n`);
  });
}
