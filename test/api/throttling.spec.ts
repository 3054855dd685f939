import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import type { Answer } from './support/call.js';
import { TestApi } from './support/test-api.js';

const LIMITS = { RATE_LIMIT_PER_MINUTE: '5', TOKEN_RATE_LIMIT_PER_MINUTE: '3' };
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
}

describe('limits of one process', () => {
  let api: TestApi;

  beforeAll(async () => (api = await TestApi.start({ env: LIMITS })));
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
  ])('are lower at %s, where a secret could be guessed', async (path, json) => {
    const guess = () => api.call('POST', path, { json });
    expect(await statuses(3, guess)).toEqual([401, 401, 401]);
    expectThrottled(await guess());
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
