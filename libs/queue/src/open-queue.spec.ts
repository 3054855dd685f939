import { openQueue } from './open-queue.js';
import { maxConnections } from './transport.js';

describe('openQueue', () => {
  test('needs a back end', async () => {
    await expect(openQueue({ role: 'producer' })).rejects.toThrow(TypeError);
  });

  test.each([
    ['a schema that is no identifier', { schema: 'a"; DROP SCHEMA public' }],
    ['a prefix with a colon', { prefix: 'a:b' }],
    ['no attempts', { attempts: 0 }],
    ['a negative lock', { lockMs: -1 }],
  ])('refuses %s before it connects', async (_name, options) => {
    const closed = 'redis://127.0.0.1:1';
    await expect(openQueue({ role: 'producer', redisUrl: closed, ...options })).rejects.toThrow();
  });
});

test('the connections of a process follow a formula', () => {
  expect(maxConnections('redis', 'producer', 0)).toBe(1);
  expect(maxConnections('redis', 'worker', 5)).toBe(7);
  expect(maxConnections('postgres', 'producer', 0)).toBe(2);
  expect(maxConnections('postgres', 'worker', 5)).toBe(5);
});
