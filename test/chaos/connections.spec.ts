import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { maxConnections, STAGES } from '#queue';
import { type Redis as RedisServer, startRedis } from '#supervisor';
import { QUEUE_HOMES, startTestStack, type TestStack } from '../support/stack.js';
import { portraitFrames } from '../support/stack-frames.js';
import { until } from '../support/wait.js';

const POOL_MAX = 3;
const SYSTEM_POOL = 2;
const LISTENERS = 1;
/** Rate limits are counted over one more connection of each API. */
const THROTTLER = 1;
const APIS = 2;
const WORKERS = 2;

describe.each(QUEUE_HOMES)('connections of two APIs and two workers, queue in $home', ({ home, suite }) => {
  suite('connections', () => {
    const backend = home === 'Redis' ? 'redis' : 'postgres';
    let redis: RedisServer | undefined;
    let observer: Redis | undefined;
    let directory: string;
    let test: TestStack;

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'secure-biometric-connections-'));
      if (backend === 'redis') {
        redis = await startRedis({ dir: directory });
        observer = new Redis(redis.url);
      }
      const env = { DATABASE_POOL_MAX: String(POOL_MAX), SWEEP_INTERVAL_MS: '100' };
      test = await startTestStack({ apis: APIS, workers: WORKERS, redisUrl: redis?.url, env });
    });
    afterAll(async () => {
      await test?.stop();
      observer?.disconnect();
      await redis?.stop();
      await rm(directory, { recursive: true, force: true });
    });

    const databaseSessions = async (): Promise<number> => {
      const sessions = await test.probe.sessions();
      return sessions.reduce((sum, { count }) => sum + count, 0);
    };
    const redisClients = async (): Promise<number> => {
      const list = String(await observer?.call('CLIENT', 'LIST'));
      return list.trim().split('\n').length - 1;
    };

    it('stay within what is documented, under load', async () => {
      const perApi = POOL_MAX + SYSTEM_POOL + LISTENERS;
      const perWorker = POOL_MAX + SYSTEM_POOL + LISTENERS;
      const queue =
        APIS * maxConnections(backend, 'producer', 0) +
        WORKERS * maxConnections(backend, 'worker', STAGES.length + 1);
      const databaseBound = APIS * perApi + WORKERS * perWorker + (backend === 'postgres' ? queue : 0);
      const redisBound = queue + APIS * THROTTLER;

      let most = { database: 0, redis: 0 };
      let loading = true;
      const watching = (async () => {
        while (loading) {
          const database = Math.max(most.database, await databaseSessions());
          most = { database, redis: observer ? Math.max(most.redis, await redisClients()) : 0 };
        }
      })();
      try {
        const frames = await portraitFrames();
        const clients = test.stack.urls.map((url) => test.api.at(url));
        await Promise.all(
          Array.from({ length: 6 }, async (_, index) => {
            const api = clients[index % APIS] as (typeof clients)[number];
            const subjectId = await api.consentingSubject();
            const id = await api.submitted({ purpose: 'enrolment', subjectId }, frames);
            await Promise.all(Array.from({ length: 5 }, () => api.read(id)));
            await api.decided(id);
          }),
        );
      } finally {
        loading = false;
        await watching;
      }
      expect(most.database).toBeLessThanOrEqual(databaseBound);
      // Pools that were never full would prove nothing.
      expect(most.database).toBeGreaterThan((APIS + WORKERS) * (SYSTEM_POOL + LISTENERS));
      if (observer) expect(most.redis).toBe(redisBound);
    });

    it('are all given back at the end', async () => {
      await test.stack.stop();
      // Servers notice a moment later that somebody has gone.
      await until(async () => (await databaseSessions()) === 0);
      if (observer) await until(async () => (await redisClients()) === 0);
    });
  });
});
