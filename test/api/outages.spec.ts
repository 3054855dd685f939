import { rename } from 'node:fs/promises';
import { until } from '../support/wait.js';
import { BreakableProxy } from './support/breakable-proxy.js';
import { pictures } from './support/pictures.js';
import { type RelyingParty, TestApi } from './support/test-api.js';

const OPERATOR = 'operator-token-0123456789-0123456789';

let proxy: BreakableProxy;
let api: TestApi;
let party: RelyingParty;

beforeAll(async () => {
  const admin = new URL(process.env['TEST_PG_ADMIN_URL'] as string);
  proxy = await BreakableProxy.to({ host: admin.hostname, port: Number(admin.port || 5432) });
  const reach = (databaseUrl: string): string => {
    const url = new URL(databaseUrl);
    url.host = `127.0.0.1:${proxy.port}`;
    return url.href;
  };
  api = await TestApi.start({ reach, env: { METRICS_TOKEN: OPERATOR } });
  party = await api.relyingParty();
});
afterAll(async () => {
  await api.close();
  await proxy.close();
});

describe('while the database is away', () => {
  beforeAll(() => proxy.break());
  afterAll(async () => {
    proxy.mend();
    await until(async () => (await api.call('GET', '/health/ready')).status === 200);
  });

  it('every call that needs it is answered `unavailable`, and says when to come again', async () => {
    const { token } = party;
    const frames = await pictures(5);
    const answers = [
      await api.call('POST', '/v1/subjects', { token }),
      await api.call('POST', '/v1/captures', { token, json: { purpose: 'liveness' } }),
      await api.call('POST', '/v1/oauth/token', {
        json: {
          grant_type: 'client_credentials',
          client_id: party.clientId,
          client_secret: party.clientSecret,
        },
      }),
      await api.call('POST', '/v1/subjects', { token }),
    ];
    for (const { status, code, headers, text } of answers) {
      expect([status, code]).toEqual([503, 'unavailable']);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      expect(text).not.toMatch(/ECONN|postgres|terminated|127\.0\.0\.1/i);
    }
    const submission = await api.as(token).sendFrames('0199e8c8-0000-7000-8000-000000000000', frames);
    expect([submission.status, submission.body.code]).toEqual([503, 'unavailable']);
  });

  it('the process is alive but not ready, and says no more than that', async () => {
    expect((await api.call('GET', '/health/live')).status).toBe(200);
    const ready = await api.call('GET', '/health/ready');
    expect(ready.status).toBe(503);
    expect(ready.body).toEqual({ status: 'down' });
  });

  it('operators read which part it is', async () => {
    const { status, body } = await api.call('GET', '/health', { token: OPERATOR });
    expect(status).toBe(503);
    expect(body).toMatchObject({
      status: 'down',
      parts: {
        database: { status: 'down' },
        blobStore: { status: 'up' },
        pipeline: { status: 'degraded' },
        outbox: { status: 'degraded' },
      },
    });
  });

  it('metrics are served all the same, without what only the database knows', async () => {
    const { status, text } = await api.call('GET', '/metrics', { token: OPERATOR });
    expect(status).toBe(200);
    expect(text).toMatch(/^sb_dependency_up\{part="database"\} 0$/m);
    expect(text).toMatch(/^sb_http_problems_total\{code="unavailable"\} [1-9]/m);
    expect(text).not.toMatch(/^sb_outbox_messages /m);
    expect(text).not.toMatch(/^sb_stage_captures\{/m);
  });

  it('what needs no database is served', async () => {
    expect((await api.call('GET', '/.well-known/jwks.json')).status).toBe(200);
    expect((await api.call('GET', '/nope')).status).toBe(401);
  });
});

it('serves again once the database is back', async () => {
  expect((await api.call('POST', '/v1/subjects', { token: party.token })).status).toBe(201);
  expect((await api.call('GET', '/health/ready')).body).toEqual({
    status: 'up',
  });
  const metrics = await until(async () => {
    const { text } = await api.call('GET', '/metrics', { token: OPERATOR });
    return text.includes('sb_dependency_up{part="database"} 1') && text;
  });
  expect(metrics).toMatch(/^sb_outbox_messages 0$/m);
});

it('is not ready without its blob store, and takes no frames', async () => {
  const id = await api.as(party.token).started({ purpose: 'liveness' });
  const away = `${api.config.BLOB_DIR}.away`;
  await rename(api.config.BLOB_DIR, away);
  try {
    const ready = await api.call('GET', '/health/ready');
    expect([ready.status, ready.body]).toEqual([503, { status: 'down' }]);
    const refused = await api.as(party.token).sendFrames(id, await pictures(5));
    expect([refused.status, refused.body.code]).toEqual([503, 'unavailable']);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(JSON.stringify(refused.body)).not.toContain(api.config.BLOB_DIR);
  } finally {
    await rename(away, api.config.BLOB_DIR);
  }
  expect((await api.as(party.token).sendFrames(id, await pictures(5))).status).toBe(202);
});
