import { IDEMPOTENCY_DEFAULTS, IdempotencyKeys } from '#idempotency';
import { Platform } from '#platform';
import { until } from '../support/wait.js';
import { CommitProxy } from './support/commit-proxy.js';
import { type RelyingParty, TestApi } from './support/test-api.js';

const INSERT_OF_CAPTURE = /INSERT INTO "captures"/;

let proxy: CommitProxy;
let api: TestApi;
let party: RelyingParty;

beforeAll(async () => {
  const admin = new URL(process.env['TEST_PG_ADMIN_URL'] as string);
  proxy = await CommitProxy.to({ host: admin.hostname, port: Number(admin.port || 5432) });
  const reach = (url: string) => Object.assign(new URL(url), { host: `127.0.0.1:${proxy.port}` }).href;
  api = await TestApi.start({ reach });
  party = await api.relyingParty();
});
afterAll(async () => {
  await api?.close();
  await proxy?.close();
});

let keys = 0;
const newKey = () => `key-${++keys}`;
const post = (key: string) =>
  api.call('POST', '/v1/captures', {
    token: party.token,
    json: { purpose: 'liveness' },
    headers: { 'idempotency-key': key },
  });
const captures = async () =>
  (await api.sql('SELECT 1 FROM captures WHERE tenant_id = $1', [party.tenantId])).length;

describe('a connection that is lost over the commit', () => {
  it('leaves a deed that was done done once, and its key says so', async () => {
    const [key, before] = [newKey(), await captures()];
    const lost = proxy.lose('answer', INSERT_OF_CAPTURE);
    const first = await post(key);
    await lost;
    expect([first.status, first.code]).toEqual([503, 'unavailable']);
    for (let times = 0; times < 2; times++) {
      const again = await post(key);
      expect([again.status, again.code]).toEqual([409, 'idempotency_answer_lost']);
    }
    expect(await captures()).toBe(before + 1);
    expect((await post(newKey())).status).toBe(201);
  });

  it('gives the key of a deed that was not done back at once', async () => {
    const [key, before] = [newKey(), await captures()];
    const lost = proxy.lose('request', INSERT_OF_CAPTURE);
    expect((await post(key)).status).toBe(503);
    await lost;
    expect(await captures()).toBe(before);
    expect((await post(key)).status).toBe(201);
    expect(await captures()).toBe(before + 1);
  });

  it('keeps the key as long as the commit may still arrive', async () => {
    const [key, before] = [newKey(), await captures()];
    const lost = proxy.lose('late', INSERT_OF_CAPTURE);
    const first = post(key);
    await lost;
    await until(async () => {
      const waiting = await api.sql(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'DELETE FROM idempotency_keys%'`,
      );
      return waiting.length === 1;
    });
    const meanwhile = post(key);
    proxy.deliverLate();
    expect((await first).status).toBe(503);
    expect(['idempotency_in_flight', 'idempotency_answer_lost']).toContain((await meanwhile).code);
    expect((await post(key)).code).toBe('idempotency_answer_lost');
    expect(await captures()).toBe(before + 1);
  });
});

describe('a process that dies', () => {
  const keysOfProcess = () => {
    const { unitOfWork, keyring } = api.app.get(Platform);
    return new IdempotencyKeys(unitOfWork, keyring, IDEMPOTENCY_DEFAULTS);
  };
  const request = (key: string) => ({
    tenantId: party.tenantId,
    caller: 'client:test',
    route: 'POST /v1/things',
    key,
    payload: '{}',
  });
  const claimOf = async (key: string) => {
    const claimed = await keysOfProcess().claim(request(key));
    if (!('claim' in claimed)) throw new Error('answered before');
    return claimed.claim;
  };
  const leaseEnds = (token: string) =>
    api.sql('UPDATE idempotency_keys SET leased_until = now() WHERE lease_token = $1', [token]);
  /** One transaction of the tenant, of which `statement` is all. */
  const deed = (statement: string) => () =>
    api.app.get(Platform).unitOfWork.inTenant(party.tenantId, async (manager) => {
      await manager.query(statement);
    });
  const WRITES = `INSERT INTO outbox (tenant_id, topic, aggregate_id, payload_version) VALUES
    (current_setting('app.tenant_id')::uuid, 'test.nothing', gen_random_uuid(), 1)`;
  const written = async () => (await api.sql(`SELECT 1 FROM outbox WHERE topic = 'test.nothing'`)).length;

  it('behind the deed leaves a key that says so when its lease ends', async () => {
    const key = newKey();
    const claim = await claimOf(key);
    await keysOfProcess().perform(claim, deed(WRITES));
    await expect(claimOf(key)).rejects.toMatchObject({ code: 'idempotency_in_flight' });
    await leaseEnds(claim.token);
    await expect(claimOf(key)).rejects.toMatchObject({ code: 'idempotency_answer_lost' });
  });

  it('having only read leaves a key that is free when its lease ends', async () => {
    const key = newKey();
    const claim = await claimOf(key);
    await keysOfProcess().perform(claim, deed('SELECT 1 FROM captures'));
    await leaseEnds(claim.token);
    expect((await claimOf(key)).token).not.toBe(claim.token);
  });

  it('so slowly that another one took over does nothing any more', async () => {
    const key = newKey();
    const slow = await claimOf(key);
    await leaseEnds(slow.token);
    const second = await claimOf(key);
    const before = await written();
    await expect(keysOfProcess().perform(slow, deed(WRITES))).rejects.toMatchObject({
      code: 'idempotency_in_flight',
    });
    expect(await written()).toBe(before);
    await keysOfProcess().perform(second, deed(WRITES));
    await keysOfProcess().complete(second, '"done"');
    expect(await keysOfProcess().claim(request(key))).toEqual({ answer: '"done"' });
    expect(await written()).toBe(before + 1);
  });
});
