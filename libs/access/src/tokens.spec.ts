import { decodeJwt, decodeProtectedHeader } from 'jose';
import { v7 as uuid } from 'uuid';
import { newTokenKeys } from '#config';
import { actorOf, isScope, SCOPES } from './principal.js';
import { TokenKeys } from './token-keys.js';
import { principalOf, TokenIssuer } from './tokens.js';

const issuer = new TokenIssuer(TokenKeys.parse(newTokenKeys()), {
  issuer: 'iss',
  audience: 'aud',
  accessTokenTtlSeconds: 60,
});
const [tenantId, id] = [uuid(), uuid()];
const complete = (token: string): unknown => ({
  header: decodeProtectedHeader(token),
  payload: decodeJwt(token),
});

it("a client's token gives back the client and its scopes", async () => {
  const { token, expiresIn } = await issuer.forClient(tenantId, id, ['captures:read', 'captures:create']);
  expect(expiresIn).toBe(60);
  const principal = principalOf(complete(token));
  expect(principal).toEqual({
    kind: 'client',
    tenantId,
    clientId: id,
    tokenGeneration: 0,
    scopes: new Set(['captures:read', 'captures:create']),
  });
  expect(principal && actorOf(principal)).toEqual({ kind: 'client', id });
});

it("a person's token gives back the person, the session and the scopes, and says how and when", async () => {
  const [sessionId, authenticatedAt] = [uuid(), new Date('2026-11-24T09:00:00.500Z')];
  const user = { tenantId, userId: id, sessionId, scopes: ['audit:read'], authenticatedAt };
  const { token, expiresIn } = await issuer.forUser(user, new Date(Date.now() + 3_600_000));
  expect(expiresIn).toBe(60);
  const principal = principalOf(complete(token));
  expect(principal).toEqual({
    kind: 'user',
    tenantId,
    userId: id,
    sessionId,
    scopes: new Set(['audit:read']),
  });
  expect(principal && actorOf(principal)).toEqual({ kind: 'user', id });
  expect(decodeProtectedHeader(token).typ).toBe('at+jwt');
  expect(decodeJwt(token)).toMatchObject({ amr: ['pwd'], auth_time: 1_795_510_800, sid: sessionId });
});

it("a person's token does not outlive the session", async () => {
  const user = { tenantId, userId: id, sessionId: uuid(), scopes: [], authenticatedAt: new Date() };
  const { token, expiresIn } = await issuer.forUser(user, new Date(Date.now() + 20_500));
  expect(expiresIn).toBe(20);
  expect(decodeJwt(token).exp).toBeLessThanOrEqual(Math.floor(Date.now() / 1_000) + 20);
});

it('a capture credential gives back the capture and ends with it', async () => {
  const expiresAt = new Date(Date.now() + 90_000);
  const token = await issuer.forCapture(tenantId, id, expiresAt);
  const principal = principalOf(complete(token));
  expect(principal).toEqual({ kind: 'capture_credential', tenantId, captureId: id });
  expect(principal && actorOf(principal)).toEqual({ kind: 'capture_credential', id });
  expect(decodeJwt(token).exp).toBe(Math.floor(expiresAt.getTime() / 1_000));
});

it('no two tokens are the same', async () => {
  const tokens = await Promise.all(Array.from({ length: 20 }, () => issuer.forClient(tenantId, id, [])));
  expect(new Set(tokens.map(({ token }) => decodeJwt(token).jti)).size).toBe(20);
});

describe('what is not ours gives nothing', () => {
  const header = { alg: 'ES256', typ: 'at+jwt' };
  const payload = { sub: id, tid: tenantId, scope: '', exp: 2_000_000_000 };

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a string', 'token'],
    ['a payload alone', payload],
    ['no type', { header: { alg: 'ES256' }, payload }],
    ['another type', { header: { ...header, typ: 'JWT' }, payload }],
    ['another case of the type', { header: { ...header, typ: 'AT+JWT' }, payload }],
    ['no subject', { header, payload: { ...payload, sub: undefined } }],
    ['a subject that is no id', { header, payload: { ...payload, sub: 'admin' } }],
    ['no tenant', { header, payload: { ...payload, tid: undefined } }],
    ['a session that is no id', { header, payload: { ...payload, sid: 'session' } }],
    ['no expiry', { header, payload: { ...payload, exp: undefined } }],
    ['scopes that are a list', { header, payload: { ...payload, scope: ['captures:read'] } }],
  ])('%s', (_what, token) => {
    expect(principalOf(token)).toBeUndefined();
  });

  it('unknown scopes are dropped', () => {
    const scopes = (scope: string): unknown => {
      const principal = principalOf({ header, payload: { ...payload, scope } });
      return principal?.kind === 'client' ? principal.scopes : undefined;
    };
    expect(scopes('captures:read admin * __proto__ CAPTURES:CREATE')).toEqual(new Set(['captures:read']));
    expect(scopes('')).toEqual(new Set());
  });
});

it('the scopes are these', () => {
  for (const scope of SCOPES) expect(isScope(scope)).toBe(true);
  for (const name of ['', 'captures', 'captures:*', 'toString']) expect(isScope(name)).toBe(false);
});
