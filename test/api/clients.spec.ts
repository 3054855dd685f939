import { randomUUID } from 'node:crypto';
import { Clients, type Scope, SCOPES } from '#access';
import type { Answer } from './support/call.js';
import { refusedWithin } from './support/refused-within.js';
import { type RelyingParty, TestApi } from './support/test-api.js';

const NOWHERE = '0199e8c8-0000-7000-8000-000000000000';

let api: TestApi;
let party: RelyingParty;

beforeAll(async () => {
  api = await TestApi.start();
  party = await api.relyingParty();
});
afterAll(() => api.close());

const ask = (method: string, path: string, json?: unknown, token = party.token): Promise<Answer> =>
  api.call(method, `/v1/clients${path}`, { token, json });
const grant = (clientId: string, clientSecret: string, at = api): Promise<Answer> =>
  at.call('POST', '/v1/oauth/token', {
    json: { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret },
  });
const tokenOf = async (clientId: string, clientSecret: string): Promise<string> =>
  String((await grant(clientId, clientSecret)).body['access_token']);
const trail = async (clientId: string): Promise<string[]> => {
  const rows = await api.sql<{ action: string; actor_id: string; correlation_id: string }>(
    `SELECT action, actor_id, correlation_id FROM audit_events WHERE target_id = $1 AND actor_id <> $1 AND outcome = 'success' ORDER BY occurred_at`,
    [clientId],
  );
  for (const row of rows) {
    expect(row.actor_id).toBe(party.clientId);
    expect(row.correlation_id).toMatch(/^[0-9a-f-]{36}$/);
  }
  return rows.map(({ action }) => action);
};

async function created(
  scopes: Scope[] = ['subjects:read'],
  name: string = randomUUID(),
): Promise<{ id: string; secret: string }> {
  const { status, body } = await ask('POST', '', { name, scopes });
  expect(status).toBe(201);
  return { id: String(body['clientId']), secret: String(body['clientSecret']) };
}

it('is created with a secret that is shown once, and works', async () => {
  const answer = await ask('POST', '', { name: 'checkout', scopes: ['subjects:write', 'subjects:write'] });
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.body).toEqual({
    clientId: expect.any(String) as string,
    clientSecret: expect.stringMatching(/^[\w-]{43}$/) as string,
    scopes: ['subjects:write'],
  });
  const { clientId, clientSecret } = answer.body as { clientId: string; clientSecret: string };
  const token = await tokenOf(clientId, clientSecret);
  expect((await api.call('POST', '/v1/subjects', { token })).status).toBe(201);
  const read = await ask('GET', `/${clientId}`);
  expect(read.body).toEqual({
    id: clientId,
    name: 'checkout',
    scopes: ['subjects:write'],
    rateLimitPerMinute: null,
    createdAt: expect.any(String) as string,
    disabledAt: null,
    previousSecretUntil: null,
  });
  expect((await ask('GET', '')).body['items']).toContainEqual(read.body);
  expect(JSON.stringify((await ask('GET', '')).body)).not.toContain(clientSecret);
  expect(api.log).not.toContain(clientSecret);
  const [row] = await api.sql('SELECT * FROM clients WHERE id = $1', [clientId]);
  expect(JSON.stringify(row)).not.toContain(clientSecret);
  expect(await trail(clientId)).toEqual(['client.created']);
});

it('has a name of its own in its tenant', async () => {
  const { id } = await created(['subjects:read'], 'taken');
  const other = await created();
  const again = { name: 'taken', scopes: ['subjects:read'] };
  for (const answer of [await ask('POST', '', again), await ask('PATCH', `/${other.id}`, { name: 'taken' })])
    expect([answer.status, answer.code]).toEqual([409, 'client_name_taken']);
  const stranger = await api.relyingParty();
  expect((await ask('POST', '', again, stranger.token)).status).toBe(201);
  expect((await ask('PATCH', `/${id}`, { name: 'renamed' })).body['name']).toBe('renamed');
  expect(await trail(id)).toEqual(['client.created', 'client.changed']);
});

it.each([
  ['name', { scopes: [] }],
  ['name', { name: '', scopes: [] }],
  ['name', { name: 'a\nb', scopes: [] }],
  ['name', { name: 'x'.repeat(101), scopes: [] }],
  ['scopes', { name: 'n' }],
  ['scopes', { name: 'n', scopes: ['everything'] }],
  ['scopes', { name: 'n', scopes: 'captures:read' }],
  ['rateLimitPerMinute', { name: 'n', scopes: [], rateLimitPerMinute: 0 }],
  ['rateLimitPerMinute', { name: 'n', scopes: [], rateLimitPerMinute: 1.5 }],
  ['rateLimitPerMinute', { name: 'n', scopes: [], rateLimitPerMinute: 1_000_001 }],
  ['tenantId', { name: 'n', scopes: [], tenantId: NOWHERE }],
])('is refused by its member %s', async (member, json) => {
  const { status, body } = await ask('POST', '', json);
  expect(status).toBe(400);
  expect(body['errors']).toEqual(expect.arrayContaining([expect.objectContaining({ member })]));
});

it.each([{ name: null }, { scopes: null }, { overlapSeconds: 86_401 }])(
  'a change to %j is refused',
  async (json) => {
    const { id } = await created();
    const path = 'overlapSeconds' in json ? `/${id}/secret` : `/${id}`;
    const answer = await ask('overlapSeconds' in json ? 'POST' : 'PATCH', path, json);
    expect([answer.status, answer.code]).toEqual([400, 'validation_failed']);
  },
);

describe('nobody hands on more than they hold', () => {
  let narrow: string;
  beforeAll(async () => {
    narrow = await party.tokenWith('clients:read', 'clients:write', 'subjects:read');
  });
  const expectNotHeld = ({ status, code, body }: Answer, scopes: string) => {
    expect([status, code]).toEqual([403, 'scope_not_held']);
    expect(body['detail']).toBe(`Not held: ${scopes}`);
  };

  it('by creating a client', async () => {
    const before = await api.sql('SELECT count(*) FROM clients');
    const json = { name: randomUUID(), scopes: ['subjects:read', 'audit:read', 'users:write'] };
    expectNotHeld(await ask('POST', '', json, narrow), 'audit:read, users:write');
    expect(await api.sql('SELECT count(*) FROM clients')).toEqual(before);
    expect((await ask('POST', '', { ...json, scopes: ['subjects:read'] }, narrow)).status).toBe(201);
  });

  it('by widening one, not even the one it is', async () => {
    const { id } = await created(['subjects:read', 'captures:read']);
    const change = (scopes: Scope[], of = id) => ask('PATCH', `/${of}`, { scopes }, narrow);
    expectNotHeld(await change(['subjects:read', 'audit:read']), 'audit:read');
    expectNotHeld(
      await change([...SCOPES]),
      SCOPES.filter(
        (s) => !['subjects:read', 'captures:read', 'clients:read', 'clients:write'].includes(s),
      ).join(', '),
    );
    expect((await ask('GET', `/${id}`)).body['scopes']).toEqual(['subjects:read', 'captures:read']);
    const self = await api.app.get(Clients).create(party.tenantId, randomUUID(), ['clients:write']);
    const own = await tokenOf(self.clientId, self.clientSecret);
    expectNotHeld(
      await ask('PATCH', `/${self.clientId}`, { scopes: ['clients:write', 'audit:read'] }, own),
      'audit:read',
    );
    // What somebody else granted may stay.
    expect((await change(['captures:read', 'clients:read'])).body['scopes']).toEqual([
      'captures:read',
      'clients:read',
    ]);
  });

  it('by drawing the secret of a client that may do more', async () => {
    const { id, secret } = await created(['subjects:read', 'audit:read']);
    expectNotHeld(await ask('POST', `/${id}/secret`, {}, narrow), 'audit:read');
    expect((await grant(id, secret)).status).toBe(200);
    expect(await trail(id)).toEqual(['client.created']);
  });
});

describe('a rotation of the secret', () => {
  const rotate = async (id: string, overlapSeconds?: number) => {
    const { body } = await ask('POST', `/${id}/secret`, { overlapSeconds });
    return body as { clientSecret: string; previousSecretUntil: string | null };
  };

  it('lets both secrets work for the overlap, and keeps hashes of both only', async () => {
    const { id, secret } = await created();
    const rotated = await rotate(id, 600);
    const left = new Date(rotated.previousSecretUntil as string).getTime() - Date.now();
    expect(left).toBeGreaterThan(590_000);
    expect(left).toBeLessThanOrEqual(600_000);
    expect((await ask('GET', `/${id}`)).body['previousSecretUntil']).toBe(rotated.previousSecretUntil);
    for (const each of [secret, rotated.clientSecret]) expect((await grant(id, each)).status).toBe(200);
    const [row] = await api.sql('SELECT * FROM clients WHERE id = $1', [id]);
    for (const each of [secret, rotated.clientSecret]) expect(JSON.stringify(row)).not.toContain(each);
    const used = await api.sql<{ secret: string }>(
      `SELECT detail->>'secret' AS secret FROM audit_events WHERE actor_id = $1 ORDER BY occurred_at`,
      [id],
    );
    expect(used).toEqual([{ secret: 'previous' }, { secret: 'current' }]);
    expect(await trail(id)).toEqual(['client.created', 'client.secret_rotated']);
  });

  it('ends the old secret when the overlap is over', async () => {
    const { id, secret } = await created();
    const { clientSecret } = await rotate(id);
    expect((await grant(id, secret)).status).toBe(200);
    await api.sql('UPDATE clients SET previous_secret_until = now() WHERE id = $1', [id]);
    expect((await grant(id, secret)).code).toBe('invalid_client');
    expect((await grant(id, clientSecret)).status).toBe(200);
    expect((await ask('GET', `/${id}`)).body['previousSecretUntil']).toBeNull();
  });

  it('ends it early on request, and at once where no overlap was asked for', async () => {
    const { id, secret } = await created();
    const second = await rotate(id, 600);
    for (let times = 0; times < 2; times++)
      expect((await ask('DELETE', `/${id}/previous-secret`)).status).toBe(204);
    expect((await grant(id, secret)).code).toBe('invalid_client');
    expect((await grant(id, second.clientSecret)).status).toBe(200);
    const third = await rotate(id, 0);
    expect(third.previousSecretUntil).toBeNull();
    expect((await grant(id, second.clientSecret)).code).toBe('invalid_client');
    expect((await grant(id, third.clientSecret)).status).toBe(200);
    expect(await trail(id)).toEqual([
      'client.created',
      'client.secret_rotated',
      'client.previous_secret_ended',
      'client.secret_rotated',
    ]);
  });

  it('keeps two secrets at most', async () => {
    const { id, secret } = await created();
    const second = await rotate(id, 600);
    const third = await rotate(id, 600);
    expect((await grant(id, secret)).code).toBe('invalid_client');
    for (const { clientSecret } of [second, third]) expect((await grant(id, clientSecret)).status).toBe(200);
  });
});

describe('a disabled client', () => {
  it('gets no token at once, and within 5 s its tokens are refused by every process, for good', async () => {
    const other = await TestApi.start({
      databaseUrl: api.config.DATABASE_URL,
      env: {
        TOKEN_KEYS_FILE: (api.config.tokenKeys as { file: string }).file,
        KEYRING_FILE: (api.config.keyring as { file: string }).file,
      },
    });
    try {
      const { id, secret } = await created();
      const token = await tokenOf(id, secret);
      const use = (at: TestApi, presented = token) =>
        at.call('GET', `/v1/subjects/${NOWHERE}`, { token: presented });
      for (const each of [api, other]) expect((await use(each)).code).toBe('subject_not_found');

      const disabled = await ask('POST', `/${id}/disable`);
      expect(disabled.body['disabledAt']).toEqual(expect.any(String));
      expect((await grant(id, secret)).code).toBe('invalid_client');
      for (const each of [api, other]) await refusedWithin(5_000, () => use(each));

      expect((await ask('POST', `/${id}/enable`)).body['disabledAt']).toBeNull();
      const fresh = await tokenOf(id, secret);
      for (const each of [api, other]) {
        expect((await use(each, fresh)).code).toBe('subject_not_found');
        expect((await use(each)).code).toBe('unauthenticated');
      }
      for (const deed of ['enable', 'disable', 'disable']) await ask('POST', `/${id}/${deed}`);
      expect(await trail(id)).toEqual([
        'client.created',
        'client.disabled',
        'client.enabled',
        'client.disabled',
      ]);
    } finally {
      await other.close();
    }
  });

  it('is refused while nobody can say whether it is', async () => {
    const { id, secret } = await created();
    const token = await tokenOf(id, secret);
    await api.sql('ALTER TABLE clients RENAME TO clients_away');
    try {
      const answer = await api.call('GET', `/v1/subjects/${NOWHERE}`, { token });
      expect([answer.status, answer.code]).toEqual([503, 'unavailable']);
    } finally {
      await api.sql('ALTER TABLE clients_away RENAME TO clients');
    }
    expect((await api.call('GET', `/v1/subjects/${NOWHERE}`, { token })).code).toBe('subject_not_found');
  });
});

it('loses its tokens with a scope, and keeps them when it gains one', async () => {
  const { id, secret } = await created(['subjects:read', 'subjects:write']);
  const token = await tokenOf(id, secret);
  const use = () => api.call('POST', '/v1/subjects', { token });
  await ask('PATCH', `/${id}`, { scopes: ['subjects:read', 'subjects:write', 'captures:read'] });
  expect((await use()).status).toBe(201);
  await ask('PATCH', `/${id}`, { scopes: ['subjects:read'] });
  await refusedWithin(5_000, use);
  const fresh = await tokenOf(id, secret);
  expect((await api.call('POST', '/v1/subjects', { token: fresh })).code).toBe('insufficient_scope');
  expect((await api.call('GET', `/v1/subjects/${NOWHERE}`, { token: fresh })).code).toBe('subject_not_found');
});

it('of another tenant is not there', async () => {
  const { id } = await created();
  const { token } = await api.relyingParty();
  for (const [method, path, json] of [
    ['GET', ''],
    ['PATCH', '', { name: 'mine' }],
    ['POST', '/secret', {}],
    ['DELETE', '/previous-secret'],
    ['POST', '/disable'],
    ['POST', '/enable'],
  ] as const) {
    const answer = await ask(method, `/${id}${path}`, json, token);
    expect([answer.status, answer.code]).toEqual([404, 'client_not_found']);
  }
  expect(JSON.stringify((await ask('GET', '', undefined, token)).body)).not.toContain(id);
});
