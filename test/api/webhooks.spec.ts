import { Fixtures } from './support/fixtures.js';
import { type RelyingParty, TestApi } from './support/test-api.js';

const URL = 'https://relying-party.example/hook';
const NOWHERE = '0199e8c8-0000-7000-8000-000000000000';

let api: TestApi;
let party: RelyingParty;

beforeAll(async () => (api = await TestApi.start()));
afterAll(() => api.close());
beforeEach(async () => (party = await api.relyingParty()));

const ask = (method: string, path = '', json?: unknown) =>
  api.call(method, `/v1/webhook-endpoints${path}`, { token: party.token, json });
const created = async (wish: object = {}) => (await ask('POST', '', { url: URL, ...wish })).body;
const audited = async () =>
  (
    await api.sql<{ action: string }>(
      `SELECT action FROM audit_events WHERE tenant_id = $1 AND action LIKE 'webhook%' AND outcome = 'success' ORDER BY occurred_at`,
      [party.tenantId],
    )
  ).map(({ action }) => action.replace('webhook_endpoint.', ''));

it('an endpoint is made, read, changed and removed, and all of it is audited', async () => {
  const made = await ask('POST', '', { url: URL, description: 'Orders', eventTypes: ['capture.decided'] });
  expect(made.status).toBe(201);
  expect(made.headers.get('cache-control')).toBe('no-store');
  const { secret, ...endpoint } = made.body;
  expect(secret).toMatch(/^whsec_/);
  expect(endpoint).toMatchObject({ url: URL, description: 'Orders', state: 'enabled', disabledReason: null });
  const path = `/${String(endpoint['id'])}`;
  expect((await ask('GET', path)).body).toEqual(endpoint);
  expect((await ask('GET')).body).toEqual({ items: [endpoint] });
  const changed = await ask('PATCH', path, { eventTypes: null, state: 'disabled' });
  expect(changed.body).toMatchObject({ eventTypes: null, state: 'disabled', disabledReason: 'requested' });
  const enabled = await ask('PATCH', path, { state: 'enabled' });
  expect(enabled.body).toEqual({ ...endpoint, eventTypes: null });
  expect((await ask('PATCH', path, {})).body).toEqual(enabled.body);
  expect((await ask('DELETE', path)).status).toBe(204);
  expect((await ask('GET', path)).code).toBe('webhook_endpoint_not_found');
  expect(await audited()).toEqual(['created', 'changed', 'changed', 'removed']);
});

it('a secret is shown once, and kept sealed', async () => {
  const { id, secret } = await created();
  const rotated = await ask('POST', `/${String(id)}/rotate-secret`, {});
  expect(rotated.status).toBe(201);
  expect(rotated.body['secret']).not.toBe(secret);
  const read = await ask('GET', `/${String(id)}`);
  const rows = JSON.stringify(await api.sql('SELECT s::text AS row FROM webhook_secrets s'));
  for (const each of [secret, rotated.body['secret']].map(String)) {
    expect(read.text).not.toContain(each);
    for (const form of [each, each.slice(6), Buffer.from(each).toString('hex')])
      expect(rows).not.toContain(form);
  }
  expect(await audited()).toEqual(['created', 'secret_rotated']);
});

it('two secrets sign for the overlap, never three', async () => {
  const { id } = await created();
  const signing = async () =>
    (
      await api.sql(
        'SELECT 1 FROM webhook_secrets WHERE endpoint_id = $1 AND (expires_at IS NULL OR expires_at > now())',
        [id],
      )
    ).length;
  for (const expected of [2, 2, 2]) {
    await ask('POST', `/${String(id)}/rotate-secret`, { overlapSeconds: 600 });
    expect(await signing()).toBe(expected);
  }
  await ask('POST', `/${String(id)}/rotate-secret`, { overlapSeconds: 0 });
  expect(await signing()).toBe(1);
  for (const overlapSeconds of [-1, 604_801, 1.5, '60'])
    expect((await ask('POST', `/${String(id)}/rotate-secret`, { overlapSeconds })).code).toBe(
      'validation_failed',
    );
});

it.each([
  ['http://relying-party.example/'],
  ['ftp://relying-party.example/'],
  ['file:///etc/passwd'],
  ['https://user:secret@relying-party.example/'],
  ['https://127.0.0.1/'],
  ['https://2130706433/'],
  ['https://0x7f.1/'],
  ['https://[::1]/'],
  ['https://[::ffff:10.0.0.1]/'],
  ['https://169.254.169.254/latest/meta-data'],
  ['relying-party.example'],
  ['https://'],
])('%s is refused as a receiver, at creation and at a change', async (url) => {
  const refused = await ask('POST', '', { url });
  expect([refused.status, refused.code]).toEqual([422, 'webhook_url_refused']);
  const { id } = await created();
  expect((await ask('PATCH', `/${String(id)}`, { url })).code).toBe('webhook_url_refused');
  expect(refused.text).not.toContain('secret@');
});

it.each([
  [{ eventTypes: ['capture.started'] }, 'eventTypes'],
  [{ eventTypes: ['capture.decided', 'capture.decided'] }, 'eventTypes'],
  [{ eventTypes: 'capture.decided' }, 'eventTypes'],
  [{ secret: 'whsec_mine' }, 'secret'],
  [{ description: 'x'.repeat(201) }, 'description'],
  [{ url: '' }, 'url'],
])('%j is refused by its name', async (wish, member) => {
  const { code, body } = await ask('POST', '', { url: URL, ...wish });
  expect([code, (body['errors'] as { member: string }[])[0]?.member]).toEqual(['validation_failed', member]);
});

it('with a new address the days of failure begin anew', async () => {
  const { id } = await created();
  await api.sql(`UPDATE webhook_endpoints SET failing_since = now() - interval '4 days' WHERE id = $1`, [id]);
  const since = () => api.sql('SELECT failing_since AS since FROM webhook_endpoints WHERE id = $1', [id]);
  expect((await ask('PATCH', `/${String(id)}`, { description: 'the same address' })).status).toBe(200);
  expect(await since()).toEqual([{ since: expect.any(Date) as Date }]);
  expect((await ask('PATCH', `/${String(id)}`, { url: `${URL}/v2` })).status).toBe(200);
  expect(await since()).toEqual([{ since: null }]);
});

it('the same request under one Idempotency-Key makes one endpoint, and shows its secret again', async () => {
  const send = () =>
    api.call('POST', '/v1/webhook-endpoints', {
      token: party.token,
      json: { url: URL },
      headers: { 'idempotency-key': 'make-it-once' },
    });
  const [first, again] = [await send(), await send()];
  expect(again.text).toBe(first.text);
  expect((await ask('GET')).body['items']).toHaveLength(1);
});

it('a tenant has twenty endpoints and no more, even when asked at once', async () => {
  const answers = await Promise.all(Array.from({ length: 24 }, () => ask('POST', '', { url: URL })));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(20);
  expect(new Set(answers.filter(({ status }) => status !== 201).map(({ code }) => code))).toEqual(
    new Set(['webhook_endpoint_limit']),
  );
});

describe('the log of deliveries', () => {
  /** Events and deliveries as a worker writes them. */
  async function delivered(endpointId: unknown, count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let index = 0; index < count; index++) {
      const { id } = await api.as(party.token).create({ purpose: 'liveness' });
      const [event] = await api.sql<{ id: string }>(
        `INSERT INTO webhook_events (id, tenant_id, type, about, capture_id, occurred_at, data)
         VALUES (gen_random_uuid(), $1, 'capture.cancelled', $2, $2, now(), '{}') RETURNING id`,
        [party.tenantId, id],
      );
      const [delivery] = await api.sql<{ id: string }>(
        `INSERT INTO webhook_deliveries (id, tenant_id, event_id, endpoint_id, state, attempts, tries, delivered_at)
         VALUES (gen_random_uuid(), $1, $2, $3, 'delivered', 1, 1, now()) RETURNING id`,
        [party.tenantId, event?.id, endpointId],
      );
      ids.push(String(delivery?.id));
    }
    return ids;
  }
  type Item = Record<string, unknown>;
  const itemsOf = async (path: string) => {
    const { body } = await ask('GET', path);
    return { items: body['items'] as Item[], nextCursor: body['nextCursor'] as string | null };
  };

  it('is read page by page, newest first, and by state', async () => {
    const { id } = await created();
    const ids = await delivered(id, 5);
    const path = `/${String(id)}/deliveries?limit=2`;
    const seen: unknown[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: { items: Item[]; nextCursor: string | null } = await itemsOf(
        `${path}${cursor && `&cursor=${cursor}`}`,
      );
      seen.push(...page.items.map((item) => item['id']));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual([...ids].reverse());
    expect((await itemsOf(`/${String(id)}/deliveries?state=pending`)).items).toEqual([]);
    expect((await ask('GET', `/${String(id)}/deliveries?cursor=nonsense`)).code).toBe('validation_failed');
    const stranger = (await api.relyingParty()).token;
    const foreign = await api.call('GET', `/v1/webhook-endpoints/${String(id)}/deliveries`, {
      token: stranger,
    });
    expect(foreign.code).toBe('webhook_endpoint_not_found');
  });

  it('one, or a range of time, is delivered again under the same id', async () => {
    const { id } = await created();
    const [first] = await delivered(id, 3);
    const before = (await itemsOf(`/${String(id)}/deliveries`)).items;
    const one = await ask('POST', `/${String(id)}/deliveries/${first}/redeliver`);
    expect([one.status, one.body]).toEqual([202, { deliveries: 1 }]);
    const pending = async () => (await itemsOf(`/${String(id)}/deliveries?state=pending`)).items;
    expect((await pending()).map((item) => item['id'])).toEqual([first]);
    const from = '2026-01-01T00:00:00Z';
    const range = { from, to: '2099-01-01T00:00:00Z' };
    // What is pending already goes on as it is.
    expect((await ask('POST', `/${String(id)}/redeliver`, range)).body).toEqual({ deliveries: 2 });
    expect((await ask('POST', `/${String(id)}/redeliver`, { from, to: from })).body).toEqual({
      deliveries: 0,
    });
    const after = await pending();
    expect(after.map((item) => [item['id'], item['eventId']])).toEqual(
      before.map((item) => [item['id'], item['eventId']]),
    );
    expect((await ask('POST', `/${String(id)}/deliveries/${NOWHERE}/redeliver`)).code).toBe(
      'webhook_delivery_not_found',
    );
    expect(await audited()).toEqual(['created', 'redelivered', 'redelivered', 'redelivered']);
  });

  it('a range includes what an endpoint was never sent', async () => {
    const { id } = await created();
    await delivered(id, 3);
    const late = await created({ eventTypes: ['capture.cancelled'] });
    const other = await created({ eventTypes: ['capture.decided'] });
    const range = { from: '2026-01-01T00:00:00Z', to: '2099-01-01T00:00:00Z' };
    expect((await ask('POST', `/${String(late['id'])}/redeliver`, range)).body).toEqual({ deliveries: 3 });
    expect((await ask('POST', `/${String(other['id'])}/redeliver`, range)).body).toEqual({ deliveries: 0 });
  });

  it('goes with the subject that is erased', async () => {
    const { id } = await created();
    const client = api.as(party.token);
    const subjectId = await new Fixtures(api).enrolledSubject(party);
    const capture = await client.create({ purpose: 'verification', subjectId });
    await api.sql(
      `INSERT INTO webhook_events (id, tenant_id, type, about, capture_id, occurred_at, data)
       VALUES ($2, $1, 'capture.cancelled', $2, $2, now(), $3)`,
      [party.tenantId, capture.id, { subjectId }],
    );
    await api.sql(
      `INSERT INTO webhook_deliveries (id, tenant_id, event_id, endpoint_id) VALUES ($2, $1, $2, $3)`,
      [party.tenantId, capture.id, id],
    );
    await client.erase(subjectId);
    expect((await itemsOf(`/${String(id)}/deliveries`)).items).toEqual([]);
    expect(await api.sql('SELECT 1 FROM webhook_events WHERE id = $1', [capture.id])).toEqual([]);
  });
});
