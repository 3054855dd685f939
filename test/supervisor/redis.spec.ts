import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis as Client } from 'ioredis';
import { findRedis, startRedis, type Redis } from '#supervisor';
import { runs } from './parent.js';

const withRedis = process.env.TEST_REDIS_URL ? describe : describe.skip;

withRedis('redis-server', () => {
  let directory: string;
  const running: Redis[] = [];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'redis-'));
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((redis) => redis.stop()));
    await rm(directory, { recursive: true, force: true });
  });

  async function start(port?: number): Promise<Redis> {
    const redis = await startRedis({ dir: directory, ...(port ? { port } : {}) });
    running.push(redis);
    return redis;
  }

  async function ask<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
    const client = new Client(url, { lazyConnect: true, retryStrategy: null });
    await client.connect();
    return work(client).finally(() => client.disconnect());
  }

  it('keeps what it was given across a stop, and comes back at the same URL', async () => {
    expect(await findRedis()).toBeDefined();
    const first = await start();
    await ask(first.url, (client) => client.set('kept', '7'));
    expect(await ask(first.url, (client) => client.config('GET', 'maxmemory-policy'))).toEqual([
      'maxmemory-policy',
      'noeviction',
    ]);
    expect((await stat(join(directory, 'password'))).mode & 0o777).toBe(0o600);
    await first.stop();
    await first.stop();
    expect(runs(first.pid)).toBe(false);

    const second = await start(first.port);
    expect(second.url).toBe(first.url);
    expect(await ask(second.url, (client) => client.get('kept'))).toBe('7');
  });

  it('can be killed', async () => {
    const redis = await start();
    await redis.kill();
    expect(runs(redis.pid)).toBe(false);
  });
});
