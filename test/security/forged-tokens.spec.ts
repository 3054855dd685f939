import { readFileSync } from 'node:fs';
import { createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import {
  decodeJwt,
  exportJWK,
  importJWK,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
} from 'jose';
import { createPerson } from '../api/support/person.js';
import { type RelyingParty, TestApi } from '../api/support/test-api.js';

const HOUR_S = 3_600;

let api: TestApi;
let party: RelyingParty;
let ours: JWK;
let header: JWTHeaderParameters;
let claims: JWTPayload;
const theirs = generateKeyPairSync('ec', { namedCurve: 'P-256' });

beforeAll(async () => {
  api = await TestApi.start();
  party = await api.relyingParty();
  const { file } = api.config.tokenKeys as { file: string };
  ours = (JSON.parse(readFileSync(file, 'utf8')) as { keys: [JWK] }).keys[0];
  header = { alg: 'ES256', kid: ours.kid, typ: 'at+jwt' };
  const now = Math.floor(Date.now() / 1_000);
  claims = {
    iss: api.config.TOKEN_ISSUER,
    aud: api.config.TOKEN_AUDIENCE,
    sub: party.clientId,
    tid: party.tenantId,
    scope: 'subjects:write',
    iat: now,
    exp: now + HOUR_S,
  };
});
afterAll(() => api.close());

async function signed(
  changedClaims: JWTPayload = {},
  changedHeader: Partial<JWTHeaderParameters> = {},
  key?: KeyObject | Uint8Array,
): Promise<string> {
  return new SignJWT({ ...claims, ...changedClaims })
    .setProtectedHeader({ ...header, ...changedHeader })
    .sign(key ?? (await importJWK(ours, 'ES256')));
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const now = (): number => Math.floor(Date.now() / 1_000);

async function statusWith(token: string): Promise<number> {
  return (await api.call('POST', '/v1/subjects', { token })).status;
}

/** Each changes one thing about the genuine token. */
const FORGERIES: Record<string, () => Promise<string> | string> = {
  'is expired': () => signed({ exp: now() - 60 }),
  'never expires': () => signed({ exp: undefined }),
  'is not valid yet': () => signed({ nbf: now() + HOUR_S }),
  'is for another audience': () => signed({ aud: 'another-api' }),
  'is for no audience': () => signed({ aud: undefined }),
  'is from another issuer': () => signed({ iss: 'another-issuer' }),
  'is from no issuer': () => signed({ iss: undefined }),
  'has no subject': () => signed({ sub: undefined }),
  'has no tenant': () => signed({ tid: undefined }),
  'names a tenant that is no id': () => signed({ tid: "x' OR true --" }),
  'is of no type': () => signed({}, { typ: undefined }),
  'is of another type': () => signed({}, { typ: 'JWT' }),
  'is a decision receipt': () => signed({}, { typ: 'decision-receipt+jwt' }),
  'has no kid': () => signed({}, { kid: undefined }),
  'has an unknown kid': () => signed({}, { kid: 'unknown' }),
  'has the kid __proto__': () => signed({}, { kid: '__proto__' }),
  'is signed by another key': () => signed({}, {}, theirs.privateKey),
  'brings its own key': async () =>
    signed({}, { kid: 'own', jwk: await exportJWK(theirs.publicKey) }, theirs.privateKey),
  'points to its own key': () => signed({}, { kid: 'own', jku: 'http://127.0.0.1/keys' }, theirs.privateKey),
  'has alg none and no signature': () => `${part({ ...header, alg: 'none' })}.${part(claims)}.`,
  'has alg None and no signature': () => `${part({ ...header, alg: 'None' })}.${part(claims)}.`,
  'has alg none and a signature': async () =>
    `${part({ ...header, alg: 'none' })}.${part(claims)}.${(await signed()).split('.')[2] ?? ''}`,
  'is HS256 by our public key': () => {
    const pem = createPublicKey({ key: ours as JsonWebKey, format: 'jwk' }).export({
      type: 'spki',
      format: 'pem',
    });
    return signed({}, { alg: 'HS256' }, Buffer.from(pem));
  },
  'is HS256 by our public coordinate': () =>
    signed({}, { alg: 'HS256' }, Buffer.from(String(ours.x).padEnd(64, '='))),
  'has another payload than was signed': async () => {
    const [head, , signature] = (await signed()).split('.') as [string, string, string];
    return `${head}.${part({ ...claims, tid: claims['sub'] })}.${signature}`;
  },
  'lost its signature': async () => `${(await signed()).split('.').slice(0, 2).join('.')}.`,
  'is no token': () => 'token',
  'is three dots': () => '...',
  'has a header that is no object': () => `${Buffer.from('null').toString('base64url')}.${part({})}.x`,
};

/** What is true of services only: they have no session, and are asked for with each token. */
const OF_NO_CLIENT: Record<string, () => Promise<string>> = {
  'names a client that is none': () => signed({ sub: '0199e8c8-0000-7000-8000-000000000000' }),
  'names a client of another tenant': async () => signed({ tid: (await api.relyingParty()).tenantId }),
  'is of an earlier generation than the client is now': () => signed({ gen: -1 }),
  'is of a later generation than the client is now': () => signed({ gen: 1 }),
};

it.each(Object.entries(OF_NO_CLIENT))('refuses one of a service that %s', async (_what, forge) => {
  expect(await statusWith(await signed())).toBe(201);
  expect(await statusWith(await forge())).toBe(401);
});

describe.each(['service', 'person'] as const)('of a %s', (whose) => {
  let service: JWTPayload;
  beforeAll(async () => {
    service = claims;
    if (whose === 'service') return;
    const person = await createPerson(api, { roles: ['operator'], tenant: party.tenant });
    claims = { ...claims, ...decodeJwt(person.token), exp: now() + HOUR_S };
  });
  afterAll(() => (claims = service));

  it('takes the genuine one', async () => {
    expect(await statusWith(await signed())).toBe(201);
  });

  it.each(Object.entries(FORGERIES))('refuses one that %s', async (_what, forge) => {
    const answer = await api.call('POST', '/v1/subjects', { token: await forge() });
    expect([answer.status, answer.code]).toEqual([401, 'unauthenticated']);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });
});

it('takes nobody for a person whose token names no session', async () => {
  const { token } = await createPerson(api, { roles: ['operator'], tenant: party.tenant });
  const own = decodeJwt(token);
  for (const sid of ['', 'session', 7]) expect(await statusWith(await signed({ ...own, sid }))).toBe(401);
  const withoutSession = await signed({ ...own, sid: undefined });
  expect((await api.call('GET', '/v1/auth/sessions', { token: withoutSession })).status).toBe(401);
  expect((await api.call('GET', '/v1/auth/sessions', { token: await signed(own) })).status).toBe(200);
});

it('takes a capture credential for nothing but a capture credential', async () => {
  const { id } = await api.as(party.token).create({ purpose: 'liveness' });
  const credential = await signed(
    { sub: id, scope: 'subjects:write captures:cancel' },
    { typ: 'capture-credential+jwt' },
  );
  expect(await statusWith(credential)).toBe(403);
  const read = async (claims: JWTPayload) =>
    (await api.call('GET', `/v1/captures/${id}`, { token: await signed(claims) })).status;
  expect(await read({ sub: id, scope: '' })).toBe(401);
  expect(await read({ scope: '' })).toBe(403);
});

it('takes no scope it does not know', async () => {
  expect(await statusWith(await signed({ scope: 'subjects:* subjects:write:all *' }))).toBe(403);
});
