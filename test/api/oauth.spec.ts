import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { ClientAdministration, Clients, SCOPES } from '#access';
import { SYSTEM_ACTOR } from '#audit';
import type { Answer } from './support/call.js';
import { type RelyingParty, TestApi } from './support/test-api.js';

let api: TestApi;
let party: RelyingParty;

beforeAll(async () => {
  api = await TestApi.start();
  party = await api.relyingParty();
});
afterAll(() => api.close());

const grant = (members: Record<string, string> = {}): Record<string, string> => ({
  grant_type: 'client_credentials',
  client_id: party.clientId,
  client_secret: party.clientSecret,
  ...members,
});
const byForm = (members: Record<string, string>): Promise<Answer> =>
  api.call('POST', '/v1/oauth/token', { body: new URLSearchParams(members) });
const byHeader = (credentials: string, members: Record<string, string> = {}): Promise<Answer> =>
  api.call('POST', '/v1/oauth/token', {
    body: new URLSearchParams({ grant_type: 'client_credentials', ...members }),
    headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
  });
const auditOf = (clientId: string): Promise<{ action: string; outcome: string }[]> =>
  api.sql(`SELECT action, outcome FROM audit_events WHERE actor_id = $1 ORDER BY occurred_at`, [clientId]);

describe('a token is issued', () => {
  it.each([
    ['a form', () => byForm(grant())],
    ['JSON', () => api.call('POST', '/v1/oauth/token', { json: grant() })],
    ['the Basic header', () => byHeader(`${party.clientId}:${party.clientSecret}`)],
  ])('for credentials in %s', async (_where, ask) => {
    const { status, body, headers } = await ask();
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toMatchObject({
      token_type: 'Bearer',
      expires_in: 900,
      scope: SCOPES.join(' '),
    });
    expect((await api.call('POST', '/v1/subjects', { token: String(body['access_token']) })).status).toBe(
      201,
    );
  });

  it('that anybody can verify offline with the published keys', async () => {
    const keys = (await api.call('GET', '/.well-known/jwks.json')).body as unknown as JSONWebKeySet;
    expect(keys.keys.every((key) => !('d' in key))).toBe(true);
    const token = String((await byForm(grant({ scope: 'captures:read' }))).body['access_token']);
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: keys.keys[0]?.kid });
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), {
      algorithms: ['ES256'],
      issuer: api.config.TOKEN_ISSUER,
      audience: api.config.TOKEN_AUDIENCE,
      typ: 'at+jwt',
    });
    expect(payload).toMatchObject({
      sub: party.clientId,
      client_id: party.clientId,
      tid: party.tenantId,
      scope: 'captures:read',
    });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(900);
    expect(payload.jti).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('with the scopes asked for, if all of them were granted', async () => {
    const asked = await byForm(grant({ scope: 'captures:read  subjects:read' }));
    expect(asked.body['scope']).toBe('captures:read subjects:read');
    for (const scope of ['captures:read everything', 'CAPTURES:READ', '*', 'captures'])
      expect((await byForm(grant({ scope }))).code).toBe('invalid_scope');
    const clients = api.app.get(Clients);
    const narrow = await clients.create(party.tenantId, 'narrow', ['captures:read']);
    const members = { client_id: narrow.clientId, client_secret: narrow.clientSecret };
    expect((await byForm(grant(members))).body['scope']).toBe('captures:read');
    const tooMuch = await byForm(grant({ ...members, scope: 'captures:read captures:review' }));
    expect([tooMuch.status, tooMuch.code]).toEqual([400, 'invalid_scope']);
  });
});

describe('a token is refused', () => {
  const UNKNOWN = '0199e8c8-0000-7000-8000-000000000000';

  it('alike for an unknown client, a wrong secret, a disabled client and what is no id', async () => {
    const clients = api.app.get(Clients);
    const disabled = await clients.create(party.tenantId, 'disabled');
    const accepted = { client_id: disabled.clientId, client_secret: disabled.clientSecret };
    expect((await byForm(grant(accepted))).status).toBe(200);
    const by = { tenantId: party.tenantId, actor: SYSTEM_ACTOR, scopes: new Set(SCOPES) };
    await api.app.get(ClientAdministration).disable(by, disabled.clientId);
    const answers = [
      await byForm(grant({ client_secret: 'wrong' })),
      await byForm(grant({ client_secret: party.clientSecret.slice(0, -1) })),
      await byForm(grant({ client_id: UNKNOWN })),
      await byForm(grant({ client_id: "' OR 1=1 --" })),
      await byForm(grant(accepted)),
      await byHeader(`${party.clientId}:wrong`),
      await byHeader(`${UNKNOWN}:${party.clientSecret}`),
      await byHeader('no colon'),
      await byForm({ grant_type: 'client_credentials' }),
    ];
    for (const { status, body, headers } of answers) {
      expect([status, { ...body, errorId: '' }]).toEqual([401, { ...answers[0]?.body, errorId: '' }]);
      expect(body['code']).toBe('invalid_client');
      expect(headers.get('www-authenticate')).toMatch(/^Basic /);
    }
  });

  it('for another grant, a missing one, and a body of nothing', async () => {
    for (const grantType of ['password', 'authorization_code', 'refresh_token', 'CLIENT_CREDENTIALS']) {
      const answer = await byForm(grant({ grant_type: grantType }));
      expect([answer.status, answer.code]).toEqual([400, 'unsupported_grant_type']);
    }
    expect((await api.call('POST', '/v1/oauth/token')).code).toBe('validation_failed');
    expect((await api.call('POST', '/v1/oauth/token', { json: [] })).code).toBe('validation_failed');
    expect(
      (await api.call('POST', '/v1/oauth/token', { json: { grant_type: ['client_credentials'] } })).code,
    ).toBe('validation_failed');
    const twice = `grant_type=client_credentials&client_id=${party.clientId}&client_secret=a&client_secret=b`;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await api.call('POST', '/v1/oauth/token', { body: twice, headers })).code).toBe(
      'validation_failed',
    );
  });
});

it('issue and refusal are audited in the tenant of the client', async () => {
  const { clientId, clientSecret } = await api.app.get(Clients).create(party.tenantId, 'audited');
  await byForm(grant({ client_id: clientId, client_secret: clientSecret }));
  await byForm(grant({ client_id: clientId, client_secret: 'wrong' }));
  expect(await auditOf(clientId)).toEqual([
    { action: 'client.token_issued', outcome: 'success' },
    { action: 'client.token_refused', outcome: 'refused' },
  ]);
});
