import { IDEMPOTENCY_DEFAULTS, IdempotencyKeys } from '#idempotency';
import { Platform } from '#platform';
import type { Answer } from './support/call.js';
import { type RelyingParty, TestApi } from './support/test-api.js';

let api: TestApi;
let party: RelyingParty;

beforeAll(async () => {
  api = await TestApi.start();
  party = await api.relyingParty();
});
afterAll(() => api.close());

interface Post {
  readonly path?: string;
  readonly json?: unknown;
  readonly token?: string;
}
const LIVENESS = { purpose: 'liveness' };
const post = (key: string, { path = '/v1/captures', json = LIVENESS, token = party.token }: Post = {}) =>
  api.call('POST', path, { token, json, headers: { 'idempotency-key': key } });
const captures = async () =>
  (await api.sql('SELECT 1 FROM captures WHERE tenant_id = $1', [party.tenantId])).length;
const isReplay = ({ headers }: Answer) => headers.get('idempotency-replayed') === 'true';
let keys = 0;
const newKey = () => `key-${++keys}`;

it('the same request again is answered with the very same bytes, and does nothing', async () => {
  const key = newKey();
  const first = await post(key);
  const before = await captures();
  const again = await post(key);
  expect([first.status, again.status]).toEqual([201, 201]);
  expect(again.text).toBe(first.text);
  expect(again.body['pageCode']).toMatch(/\./);
  expect([isReplay(first), isReplay(again)]).toEqual([false, true]);
  for (const { headers } of [first, again]) expect(headers.get('cache-control')).toBe('no-store');
  expect(await captures()).toBe(before);
});

it('of sixteen at once one is done: the others are its answer, or told that it is under way', async () => {
  const before = await captures();
  const key = newKey();
  const answers = await Promise.all(Array.from({ length: 16 }, () => post(key)));
  expect(await captures()).toBe(before + 1);
  const done = answers.filter(({ status }) => status === 201);
  expect(new Set(done.map(({ text }) => text)).size).toBe(1);
  expect(done.filter((answer) => !isReplay(answer))).toHaveLength(1);
  for (const answer of answers.filter(({ status }) => status !== 201)) {
    expect([answer.status, answer.code]).toEqual([409, 'idempotency_in_flight']);
    expect(answer.headers.get('retry-after')).toBe('1');
  }
  expect((await post(key)).text).toBe(done[0]?.text);
});

it('another payload under the same key is refused, the same in another order is not', async () => {
  const key = newKey();
  const json = { purpose: 'liveness', relyingPartyNonce: 'order-0001' };
  const first = await post(key, { json });
  const other = await post(key, { json: { ...json, relyingPartyNonce: 'order-0002' } });
  expect([other.status, other.code]).toEqual([422, 'idempotency_key_reused']);
  const reordered = await post(key, { json: { relyingPartyNonce: 'order-0001', purpose: 'liveness' } });
  expect(reordered.text).toBe(first.text);
});

it('the address counts as payload', async () => {
  const [one, another] = [await api.as(party.token).subject(), await api.as(party.token).subject()];
  const json = { purpose: 'liveness', noticeVersion: '1' };
  const key = newKey();
  expect((await post(key, { path: `/v1/subjects/${one}/consents`, json })).status).toBe(201);
  expect((await post(key, { path: `/v1/subjects/${another}/consents`, json })).code).toBe(
    'idempotency_key_reused',
  );
});

it('a key belongs to one caller and one route', async () => {
  const key = newKey();
  const stranger = await api.relyingParty();
  const first = await post(key);
  const others = [
    await post(key, { token: stranger.token }),
    await post(key, { path: '/v1/subjects', json: undefined }),
  ];
  for (const other of others) {
    expect([other.status, isReplay(other)]).toEqual([201, false]);
    expect(other.body['id']).not.toBe(first.body['id']);
  }
});

it('quoted, as the draft has it, a key is the same key', async () => {
  const key = newKey();
  expect((await post(`"${key}"`)).text).toBe((await post(key)).text);
});

it.each(['', '"', '""', 'two words', 'x'.repeat(256), 'ключ'.replace(/./g, 'é')])(
  '%p is no key',
  async (key) => {
    const { status, code, body } = await post(key);
    expect([status, code]).toEqual([400, 'validation_failed']);
    expect(body['errors']).toEqual([expect.objectContaining({ member: 'Idempotency-Key' })]);
  },
);

it('a refused request gives its key back', async () => {
  const subjectId = await api.as(party.token).subject();
  const json = { purpose: 'liveness', subjectId };
  const key = newKey();
  expect((await post(key, { json })).code).toBe('consent_required');
  expect((await post(key, { json: { purpose: 'nothing' } })).code).toBe('validation_failed');
  await api.as(party.token).consent(subjectId, 'liveness');
  const done = await post(key, { json });
  expect([done.status, isReplay(done)]).toEqual([201, false]);
});

it('without the header nothing is kept', async () => {
  const rows = async () => (await api.sql('SELECT 1 FROM idempotency_keys')).length;
  const before = await rows();
  // The SDK always names what it creates.
  const { status } = await api.call('POST', '/v1/captures', {
    token: party.token,
    json: { purpose: 'liveness' },
  });
  expect([status, await rows()]).toEqual([201, before]);
});

it('keeps neither key nor answer in clear', async () => {
  const key = `very-special-${newKey()}`;
  const { body } = await post(key);
  const rows = JSON.stringify(await api.sql(`SELECT k::text AS row FROM idempotency_keys k`));
  const hexOf = (text: string) => Buffer.from(text).toString('hex');
  for (const secret of [key, String(body['pageCode']), String(body['id'])])
    for (const form of [secret, hexOf(secret)]) expect(rows).not.toContain(form);
});

describe('with time', () => {
  const keysOf = (leaseMs: number, keepMs: number) => {
    const { unitOfWork, keyring } = api.app.get(Platform);
    return new IdempotencyKeys(unitOfWork, keyring, { leaseMs, keepMs });
  };
  const request = (key: string) => ({
    tenantId: party.tenantId,
    caller: 'client:test',
    route: 'POST /v1/things',
    key,
    payload: '{}',
  });
  const claimOf = async (keys: IdempotencyKeys, key: string) => {
    const claimed = await keys.claim(request(key));
    if (!('claim' in claimed)) throw new Error('answered before');
    return claimed.claim;
  };

  it('a request whose process died bars the next one until its lease ends, and then has no say', async () => {
    const key = newKey();
    const keys = keysOf(60_000, 60_000);
    const dead = await claimOf(keys, key);
    await expect(keys.claim(request(key))).rejects.toMatchObject({ code: 'idempotency_in_flight' });
    await api.sql(`UPDATE idempotency_keys SET leased_until = now() WHERE lease_token = $1`, [dead.token]);
    const second = await claimOf(keys, key);
    await keys.complete(dead, '"late"');
    await keys.release(dead);
    await expect(keys.claim(request(key))).rejects.toMatchObject({ code: 'idempotency_in_flight' });
    await keys.complete(second, '"done"');
    expect(await keys.claim(request(key))).toEqual({ answer: '"done"' });
  });

  it('a key is new again after its time, and then forgotten', async () => {
    const [kept, over] = [newKey(), newKey()];
    const keys = keysOf(IDEMPOTENCY_DEFAULTS.leaseMs, IDEMPOTENCY_DEFAULTS.keepMs);
    for (const key of [kept, over]) await keys.complete(await claimOf(keys, key), '"done"');
    const [claim] = await api.sql<{ hours: number }>(
      `SELECT round(extract(epoch FROM max(expires_at) - now()) / 3600)::int AS hours FROM idempotency_keys`,
    );
    expect(claim?.hours).toBe(24);
    const again = keysOf(0, 0);
    await again.removeExpired();
    const expired = await claimOf(keys, newKey());
    await api.sql('UPDATE idempotency_keys SET expires_at = now() WHERE lease_token = $1', [expired.token]);
    expect(await keys.removeExpired()).toBe(1);
    expect(await keys.claim(request(kept))).toEqual({ answer: '"done"' });
  });
});
