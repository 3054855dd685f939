import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { type Redis as RedisServer, startRedis } from '#supervisor';
import { startTestStack, type TestStack } from '../support/stack.js';
import { expectOneDecision } from '../support/stack-database.js';
import { portraitFrames } from '../support/stack-frames.js';
import { until } from '../support/wait.js';

const OUTAGE_MS = 60_000;
const SWEEP_SOON = { SWEEP_INTERVAL_MS: '250', SWEEP_CHECK_AFTER_MS: '1000', RELAY_LEASE_MS: '1000' };

/** A stack on a redis-server of its own, with an append-only file, that may be emptied and stopped. */
class OwnRedisStack {
  private constructor(
    private readonly dir: string,
    public redis: RedisServer,
    readonly test: TestStack,
  ) {}

  static async start(workers: number): Promise<OwnRedisStack> {
    const dir = await mkdtemp(join(tmpdir(), 'secure-biometric-redis-'));
    const redis = await startRedis({ dir });
    try {
      const test = await startTestStack({ workers, redisUrl: redis.url, env: SWEEP_SOON });
      return new OwnRedisStack(dir, redis, test);
    } catch (error) {
      await redis.stop();
      await rm(dir, { recursive: true, force: true });
      throw error;
    }
  }

  /** The same server with the same files on the same port. */
  async startRedisAgain(): Promise<void> {
    this.redis = await startRedis({ dir: this.dir, port: this.redis.port });
  }

  async flush(): Promise<void> {
    const client = new Redis(this.redis.url);
    try {
      await client.flushall();
    } finally {
      client.disconnect();
    }
  }

  async stop(): Promise<void> {
    await this.test.stop();
    await this.redis.stop();
    await rm(this.dir, { recursive: true, force: true });
  }

  async health(): Promise<{ http: number; status: string }> {
    const { status: http, body } = await this.test.api.send<{ status: string }>('GET', '/health/ready');
    return { http, status: body.status };
  }

  /** Enrolments of a subject each. @returns the captures' ids */
  async submit(count: number): Promise<string[]> {
    const frames = await portraitFrames();
    const ids: string[] = [];
    for (let made = 0; made < count; made++) {
      const subjectId = await this.test.api.consentingSubject();
      ids.push(await this.test.api.submitted({ purpose: 'enrolment', subjectId }, frames));
    }
    return ids;
  }

  async expectDecidedOnce(ids: readonly string[]): Promise<void> {
    await Promise.all(ids.map((id) => this.test.api.decided(id)));
    for (const id of ids) expectOneDecision(await this.test.probe.settledEffects(id));
  }
}

(process.env.TEST_REDIS_URL ? describe : describe.skip)(
  'a Redis that loses everything (needs redis-server)',
  () => {
    let flushed: OwnRedisStack;
    let stopped: OwnRedisStack;
    /** Runs beside the other tests, because a minute is long. */
    let outage: Promise<string[]>;

    async function liveThroughOutage(): Promise<string[]> {
      const before = await stopped.submit(1);
      await stopped.expectDecidedOnce(before);
      await stopped.redis.stop();
      const since = Date.now();
      const during = await stopped.submit(3);
      expect(
        await until(async () => (await stopped.health()).status === 'degraded' && stopped.health()),
      ).toEqual({
        http: 200,
        status: 'degraded',
      });
      for (const id of during) {
        expect(await stopped.test.probe.effects(id)).toMatchObject({
          state: 'submitted',
          outcomes: [],
          outbox: 1,
        });
      }
      await sleep(OUTAGE_MS - (Date.now() - since));
      during.push(...(await stopped.submit(1)));
      await stopped.startRedisAgain();
      return during;
    }

    beforeAll(async () => {
      stopped = await OwnRedisStack.start(1);
      outage = liveThroughOutage();
      outage.catch(() => undefined);
      // It relays and sweeps, but extracts nothing: what is submitted stays in the queue.
      flushed = await OwnRedisStack.start(0);
      await flushed.test.stack.startWorker({ WORKER_STAGES: 'decision' });
    });
    afterAll(async () => {
      await outage?.catch(() => undefined);
      await flushed?.stop();
      await stopped?.stop();
    });

    it('decides what was emptied out of the queue before anybody worked on it', async () => {
      const ids = await flushed.submit(3);
      await until(async () => (await flushed.test.probe.count('outbox')) === 0);
      await flushed.flush();
      await flushed.test.stack.startWorker();
      await flushed.expectDecidedOnce(ids);
      const generations = await Promise.all(ids.map((id) => flushed.test.probe.effects(id)));
      expect(generations.every(({ generation }) => generation >= 2)).toBe(true);
    });

    it('decides what was emptied out of the queue while it was worked on, again and again', async () => {
      const ids = await flushed.submit(6);
      for (const decided of [0, 2, 4]) {
        await until(
          async () =>
            (await flushed.test.probe.count('decisions WHERE capture_id = ANY($1)', [ids])) >= decided,
          { everyMs: 10 },
        );
        await flushed.flush();
      }
      await flushed.expectDecidedOnce(ids);
    });

    it('accepts captures while Redis is down for a minute, and decides each once when it is back', async () => {
      const ids = await outage;
      await until(async () => (await stopped.health()).status === 'up');
      await stopped.expectDecidedOnce(ids);
    }, 300_000);
  },
);
