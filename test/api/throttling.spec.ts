import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { TokenIssuer } from '#access';
import { startRedis } from '#supervisor';
import { seriesOf, sumOf } from '../support/exposition.js';
import { until } from '../support/wait.js';
import type { Answer } from './support/call.js';
import { TestApi } from './support/test-api.js';

const LIMITS = { RATE_LIMIT_PER_MINUTE: '5', TOKEN_RATE_LIMIT_PER_MINUTE: '3' };
const OPERATOR = 'operator-token-0123456789-0123456789';
const NOWHERE = '0199e8c8-0000-7000-8000-000000000000';
const redisUrl = process.env['TEST_REDIS_URL'];

async function statuses(count: number, ask: () => Promise<Answer>): Promise<number[]> {
  const seen: number[] = [];
  for (let i = 0; i < count; i++) seen.push((await ask()).status);
  return seen;
}

function expectThrottled(answer: Answer): void {
  expect([answer.status, answer.code]).toEqual([429, 'rate_limited']);
  expect(answer.headers.get('content-type')).toMatch('application/problem+json');
  const retryAfter = Number(answer.headers.get('retry-after'));
  expect(retryAfter).toBeGreaterThanOrEqual(1);
  expect(retryAfter).toBeLessThanOrEqual(60);
  expect(limitsIn(answer)).toMatchObject({ remaining: 0, reset: retryAfter });
}

/** What the answer says of the limits. */
function limitsIn({ headers }: Answer) {
  const number = (name: string) => Number(headers.get(`ratelimit-${name}`));
  return {
    limit: number('limit'),
    remaining: number('remaining'),
    reset: number('reset'),
    policy: headers.get('ratelimit-policy'),
  };
}

describe('limits of one process', () => {
  let api: TestApi;

  beforeAll(async () => (api = await TestApi.start({ env: { ...LIMITS, METRICS_TOKEN: OPERATOR } })));
  afterAll(() => api.close());

  it('hold for each client on its own', async () => {
    const [one, other] = [await api.relyingParty(), await api.relyingParty()];
    const ask = (token: string) => () => api.call('GET', `/v1/subjects/${NOWHERE}`, { token });
    expect(await statuses(5, ask(one.token))).toEqual([404, 404, 404, 404, 404]);
    expectThrottled(await ask(one.token)());
    expectThrottled(await ask(await one.tokenWith('subjects:read'))());
    expect(await statuses(5, ask(other.token))).toEqual([404, 404, 404, 404, 404]);
  });

  it.each([
    ['/v1/oauth/token', { grant_type: 'client_credentials', client_id: NOWHERE, client_secret: 'guess' }],
    ['/v1/capture-credentials', { code: `${NOWHERE}.${'x'.repeat(43)}` }],
  ])('are lower at %s, where a secret could be guessed, and guesses are counted', async (path, json) => {
    const guess = () => api.call('POST', path, { json });
    const first = await guess();
    const counted = async (code: string) =>
      sumOf(
        seriesOf((await api.call('GET', '/metrics', { token: OPERATOR })).text),
        'sb_http_problems_total',
        { code },
      );
    const before = await counted(first.code as string);
    expect(await statuses(2, guess)).toEqual([401, 401]);
    expectThrottled(await guess());
    await until(async () => (await counted(first.code as string)) === before + 2);
    expect(await counted('rate_limited')).toBeGreaterThan(0);
  });

  it('are told with every answer that was counted, whatever it is', async () => {
    const { token } = await api.relyingParty();
    for (const remaining of [4, 3, 2, 1, 0]) {
      const answer = await api.call('GET', '/v1/captures?limit=0', { token });
      expect(answer.code).toBe('validation_failed');
      const { reset, ...limits } = limitsIn(answer);
      expect(limits).toEqual({ limit: 5, remaining, policy: '5;w=60' });
      expect(reset).toBeGreaterThanOrEqual(1);
      expect(reset).toBeLessThanOrEqual(60);
    }
    expectThrottled(await api.call('GET', '/v1/captures?limit=0', { token }));
    const guess = await api.call('POST', '/v1/oauth/token', { json: { grant_type: 'none' } });
    expect(limitsIn(guess)).toMatchObject({ limit: 3, policy: '3;w=60' });
    const uncounted = [await api.call('GET', '/health/live'), await api.call('GET', '/nope')];
    for (const { headers } of uncounted) expect(headers.has('ratelimit-limit')).toBe(false);
  });

  it('are those of the client where it has its own, at the latest some seconds after a change', async () => {
    const { token } = await api.relyingParty();
    const changed = await api.relyingParty();
    const ask = (path: string) => api.call('GET', path, { token: changed.token });
    const setLimit = (rateLimitPerMinute: number | null) =>
      api.call('PATCH', `/v1/clients/${changed.clientId}`, {
        token: changed.token,
        json: { rateLimitPerMinute },
      });
    expect((await setLimit(2)).body['rateLimitPerMinute']).toBe(2);
    const limitAt = (path: string, limit: number) =>
      until(async () => limitsIn(await ask(path)).limit === limit, { everyMs: 1_000 });
    await limitAt('/v1/clients', 2);
    expect(await statuses(2, () => ask('/v1/tenant'))).toEqual([200, 200]);
    expectThrottled(await ask('/v1/tenant'));
    expect(limitsIn(await api.call('GET', '/v1/tenant', { token }))).toMatchObject({
      limit: 5,
      policy: '5;w=60',
    });
    await setLimit(9);
    await limitAt('/v1/captures', 9);
    expect(await statuses(9, () => ask(`/v1/subjects/${NOWHERE}`))).toEqual(
      Array.from({ length: 9 }, () => 404),
    );
    expectThrottled(await ask(`/v1/subjects/${NOWHERE}`));
    const refused = await setLimit(51);
    expect(refused.body['errors']).toEqual([
      { member: 'rateLimitPerMinute', rule: 'must not be greater than 50' },
    ]);
  });

  it('hold for what is refused for want of a right too, over all routes, or the trail could be flooded', async () => {
    const { token, tenantId } = await api.relyingParty();
    const { id } = await api.as(token).create({ purpose: 'liveness' });
    const inAMinute = new Date(Date.now() + 60_000);
    const credential = await api.app.get(TokenIssuer).forCapture(tenantId, id, inAMinute);
    const ask = (path: string) => api.call('POST', path, { token: credential });
    expect(await statuses(3, () => ask('/v1/subjects'))).toEqual([403, 403, 403]);
    expect(await statuses(2, () => ask(`/v1/captures/${NOWHERE}/start`))).toEqual([404, 404]);
    expectThrottled(await ask('/v1/subjects'));
    expectThrottled(await ask('/v1/webhook-endpoints'));
    const kept = await api.sql(
      `SELECT 1 FROM audit_events WHERE tenant_id = $1 AND actor_kind = 'capture_credential'`,
      [tenantId],
    );
    expect(kept).toHaveLength(5);
  });

  it('do not count the health of the process', async () => {
    expect(await statuses(8, () => api.call('GET', '/health/live'))).toEqual(
      Array.from({ length: 8 }, () => 200),
    );
  });
});

(redisUrl ? describe : describe.skip)('limits in Redis', () => {
  const env = () => ({ ...LIMITS, REDIS_URL: redisUrl, QUEUE_PREFIX: `t${randomBytes(6).toString('hex')}` });

  it('are shared by all processes, and by no other installation', async () => {
    const shared = env();
    const first = await TestApi.start({ env: shared });
    const keyring = {
      ...shared,
      KEYRING_FILE: fileOf(first, 'keyring'),
      TOKEN_KEYS_FILE: fileOf(first, 'tokenKeys'),
    };
    const second = await TestApi.start({ env: keyring, databaseUrl: first.config.DATABASE_URL });
    const foreign = await TestApi.start({
      env: { ...keyring, ...env() },
      databaseUrl: first.config.DATABASE_URL,
    });
    try {
      const { token } = await first.relyingParty();
      const ask = (api: TestApi) => () => api.call('GET', `/v1/subjects/${NOWHERE}`, { token });
      expect(await statuses(3, ask(first))).toEqual([404, 404, 404]);
      expect(await statuses(2, ask(second))).toEqual([404, 404]);
      expectThrottled(await ask(first)());
      expectThrottled(await ask(second)());
      expect((await ask(foreign)()).status).toBe(404);
    } finally {
      await foreign.close();
      await second.close();
      await first.close();
      const redis = new Redis(redisUrl as string);
      const left = await redis.keys(`${shared.QUEUE_PREFIX}:rate-limit:*`);
      await redis.quit();
      expect(left.length).toBeGreaterThan(0);
    }
  });

  it('hold when Redis is killed, and are shared again when it is back', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'sb-redis-'));
    let redis = await startRedis({ dir });
    const api = await TestApi.start({ env: { ...env(), REDIS_URL: redis.url } });
    try {
      const ask = (token: string) => () => api.call('GET', `/v1/subjects/${NOWHERE}`, { token });
      const [one, other, third] = [
        await api.relyingParty(),
        await api.relyingParty(),
        await api.relyingParty(),
      ];
      expect(await statuses(3, ask(one.token))).toEqual([404, 404, 404]);
      await redis.kill();
      for (const { token } of [one, other]) {
        expect(await statuses(5, ask(token))).toEqual([404, 404, 404, 404, 404]);
        expectThrottled(await ask(token)());
      }
      const guess = () => api.call('POST', '/v1/capture-credentials', { json: { code: 'guess' } });
      expect(await statuses(3, guess)).toEqual([401, 401, 401]);
      expectThrottled(await guess());

      redis = await startRedis({ dir, port: redis.port });
      const client = new Redis(redis.url);
      await until(async () => {
        await ask(third.token)();
        return (await client.keys('*rate-limit*')).length > 0;
      });
      await client.quit();
    } finally {
      await api.close();
      await redis.stop();
      await rm(dir, { recursive: true, force: true });
    }
  });

  it('hold in each process while Redis does not answer', async () => {
    const api = await TestApi.start({ env: { ...env(), REDIS_URL: 'redis://127.0.0.1:1' } });
    try {
      const { token } = await api.relyingParty();
      const ask = () => api.call('GET', `/v1/subjects/${NOWHERE}`, { token });
      expect(await statuses(5, ask)).toEqual([404, 404, 404, 404, 404]);
      expectThrottled(await ask());
      const ready = await api.call('GET', '/health/ready');
      expect([ready.status, ready.body]).toEqual([200, { status: 'degraded' }]);
    } finally {
      await api.close();
    }
  });
});

const fileOf = (api: TestApi, secret: 'keyring' | 'tokenKeys'): string =>
  (api.config[secret] as { file: string }).file;
