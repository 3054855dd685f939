import { setTimeout as delay } from 'node:timers/promises';

import { settlesWithin, withDeadline } from './deadline.js';
import { QueueUnavailableError } from './queue-unavailable.error.js';

describe('withDeadline', () => {
  test('gives the result in time', async () => {
    await expect(withDeadline(1_000, 'read', () => Promise.resolve(7))).resolves.toBe(7);
  });

  test('gives up at the deadline and tells the work', async () => {
    let seen: AbortSignal | undefined;
    const never = withDeadline(20, 'read', (signal) => {
      seen = signal;
      return new Promise(() => undefined);
    });
    await expect(never).rejects.toThrow(QueueUnavailableError);
    expect(seen?.aborted).toBe(true);
  });

  test('turns a failure into unavailability, keeping the cause and its words apart', async () => {
    const cause = new Error('redis://user:secret@host refused');
    const failed = withDeadline(1_000, 'enqueue', () => Promise.reject(cause));
    await expect(failed).rejects.toMatchObject({
      code: 'unavailable',
      status: 503,
      operation: 'enqueue',
      cause,
    });
    await expect(failed).rejects.not.toThrow('secret');
  });

  test('does not wrap twice', async () => {
    const error = new QueueUnavailableError('ping');
    await expect(withDeadline(1_000, 'enqueue', () => Promise.reject(error))).rejects.toBe(error);
  });
});

test('settlesWithin tells a settled promise, either way, from a late one', async () => {
  await expect(settlesWithin(Promise.reject(new Error('x')), 1_000)).resolves.toBe(true);
  await expect(settlesWithin(delay(500, undefined, { ref: false }), 10)).resolves.toBe(false);
});
