import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { until } from '../support/wait.js';
import { call, callElsewhere } from './support/call.js';
import { TestApi } from './support/test-api.js';
import { type Certificate, install, replaceFile, selfSigned, TlsCaller } from './support/tls.js';

const POLICY =
  "default-src 'none';object-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'";

describe('over TLS', () => {
  let folder: string;
  let first: Certificate;
  let api: TestApi;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sb-tls-'));
    first = await selfSigned();
    api = await TestApi.start({ env: await install(folder, first) });
  });
  afterAll(async () => {
    await api?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** The server's alert, or the version that was agreed on. */
  const handshake = (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3') =>
    new Promise<string>((resolve) => {
      const socket = connect({
        port: Number(new URL(api.url).port),
        host: '127.0.0.1',
        ca: first.cert,
        servername: 'localhost',
        minVersion: version,
        maxVersion: version,
        // Else this side would refuse the old version by itself.
        ciphers: 'DEFAULT@SECLEVEL=0',
      });
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(String(error.code)));
      socket.on('secureConnect', () => {
        resolve(String(socket.getProtocol()));
        socket.destroy();
      });
    });

  it('speaks 1.2 and 1.3, and ends a handshake of 1.1', async () => {
    expect(api.url).toMatch(/^https:/);
    expect(await handshake('TLSv1.3')).toBe('TLSv1.3');
    expect(await handshake('TLSv1.2')).toBe('TLSv1.2');
    expect(await handshake('TLSv1.1')).toMatch(/ALERT_PROTOCOL_VERSION/);
  });

  it('serves nothing without TLS', async () => {
    await expect(fetch(api.url.replace('https:', 'http:'))).rejects.toThrow('fetch failed');
  });

  it('tells browsers to come back by TLS only', async () => {
    const caller = new TlsCaller(first);
    for (const path of ['/health/live', '/nope'])
      expect((await caller.get(`${api.url}${path}`)).headers['strict-transport-security']).toBe(
        'max-age=31536000; includeSubDomains',
      );
    caller.close();
  });

  it('takes a new certificate without a restart, and goes on with the connections it has', async () => {
    const old = new TlsCaller(first);
    const before = await old.get(`${api.url}/health/live`);
    expect(before.status).toBe(200);

    const second = await selfSigned();
    await replaceFile(api.config.tls?.certFile as string, second.cert);
    await until(() => api.log.includes('certificate not replaced'));
    const stillFirst = new TlsCaller(first);
    expect((await stillFirst.get(`${api.url}/health/live`)).status).toBe(200);

    await replaceFile(api.config.tls?.keyFile as string, second.key);
    await until(() => api.log.includes('certificate replaced'));
    const fresh = new TlsCaller(second);
    expect((await fresh.get(`${api.url}/health/live`)).status).toBe(200);
    const distrusting = new TlsCaller(first);
    await expect(distrusting.get(`${api.url}/health/live`)).rejects.toThrow(/self.signed/);

    const after = await old.get(`${api.url}/health/live`);
    expect([after.status, after.localPort]).toEqual([200, before.localPort]);
    expect(api.log.match(/certificate not replaced/g)).toHaveLength(1);
    expect(api.log).not.toContain('PRIVATE KEY');
    expect(await handshake('TLSv1.1')).toMatch(/ALERT_PROTOCOL_VERSION/);
    for (const caller of [old, stillFirst, fresh, distrusting]) caller.close();
  });

  it('does not start with a key that belongs to another certificate, or without a file', async () => {
    const other = await mkdtemp(join(tmpdir(), 'sb-tls-'));
    const mixed = { cert: first.cert, key: (await selfSigned()).key };
    await expect(TestApi.start({ env: await install(other, mixed) })).rejects.toThrow(/key values mismatch/);
    const missing = { TLS_CERT: join(other, 'none.pem'), TLS_KEY: join(other, 'none.pem') };
    await expect(TestApi.start({ env: missing })).rejects.toThrow('ENOENT');
    await rm(other, { recursive: true });
  });
});

describe('without TLS', () => {
  let api: TestApi;
  beforeAll(async () => (api = await TestApi.start()));
  afterAll(() => api.close());

  it('every answer, and every refusal, carries the headers that keep browsers from misusing it', async () => {
    const { token } = await api.relyingParty();
    const answers = [
      await api.call('GET', '/health/live'),
      await api.call('GET', '/nope'),
      await api.call('GET', '/v1/tenant', { token }),
      await api.call('GET', '/nope', { token }),
    ];
    for (const { headers } of answers) {
      expect(headers.get('content-security-policy')).toBe(POLICY);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(headers.has('x-powered-by')).toBe(false);
      expect(headers.has('strict-transport-security')).toBe(false);
      expect(headers.has('access-control-allow-origin')).toBe(false);
    }
  });

  it('answers no preflight', async () => {
    const headers = { origin: 'https://app.example.org', 'access-control-request-method': 'GET' };
    const answer = await callElsewhere(`${api.url}/v1/tenant`, 'OPTIONS', { headers });
    expect([answer.status, answer.code]).toEqual([401, 'unauthenticated']);
    expect(answer.headers.has('access-control-allow-methods')).toBe(false);
  });
});

describe('behind a proxy that ends TLS', () => {
  const APP = 'https://app.example.org';
  let api: TestApi;

  beforeAll(async () => {
    api = await TestApi.start({
      env: { PUBLIC_URL: 'https://face.example.org', CORS_ORIGINS: `${APP},http://localhost:3000` },
    });
  });
  afterAll(() => api.close());

  const preflight = (origin: string | undefined, path = '/v1/captures') =>
    callElsewhere(`${api.url}${path}`, 'OPTIONS', {
      headers: {
        ...(origin && { origin }),
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      },
    });

  it('tells browsers to come back by TLS only', async () => {
    expect((await call(`${api.url}/nope`, 'GET')).headers.get('strict-transport-security')).toMatch(
      /^max-age=31536000/,
    );
  });

  it('answers the preflight of a listed origin, without a token and without cookies', async () => {
    for (const origin of [APP, 'http://localhost:3000']) {
      const { status, headers } = await preflight(origin);
      expect(status).toBe(204);
      expect(headers.get('access-control-allow-origin')).toBe(origin);
      expect(headers.get('access-control-allow-methods')).toContain('POST');
      expect(headers.get('access-control-allow-headers')).toContain('authorization');
      expect(headers.has('access-control-allow-credentials')).toBe(false);
      expect(headers.get('vary')).toMatch(/origin/i);
    }
  });

  it.each([
    undefined,
    'null',
    'https://evil.example',
    'https://app.example.org.evil.example',
    `${APP}:8443`,
    'http://app.example.org',
  ])('refuses the preflight of %s like any request without a token', async (origin) => {
    const { status, code, headers } = await preflight(origin);
    expect([status, code]).toEqual([401, 'unauthenticated']);
    expect(headers.has('access-control-allow-origin')).toBe(false);
  });

  it('opens nothing by it: a listed origin needs a token like everybody', async () => {
    const { token } = await api.relyingParty();
    const ask = (headers: Record<string, string>) => api.call('GET', '/v1/tenant', { headers });
    const refused = await ask({ origin: APP });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('access-control-allow-origin')).toBe(APP);
    const admitted = await ask({ origin: APP, authorization: `Bearer ${token}` });
    expect([admitted.status, admitted.headers.get('access-control-allow-origin')]).toEqual([200, APP]);
    const exposed = admitted.headers.get('access-control-expose-headers');
    for (const header of ['retry-after', 'location', 'idempotency-replayed'])
      expect(exposed).toContain(header);
    const elsewhere = await ask({ origin: 'https://evil.example', authorization: `Bearer ${token}` });
    expect([elsewhere.status, elsewhere.headers.has('access-control-allow-origin')]).toEqual([200, false]);
    const asked = await api.call('OPTIONS', '/v1/tenant', {
      token,
      headers: { origin: 'https://evil.example' },
    });
    expect([asked.status, asked.code]).toEqual([404, 'not_found']);
  });
});

describe('the address a caller is counted by', () => {
  const LIMIT = 3;

  /** How many of so many guesses are let through, when the header is made up anew for each. */
  async function admitted(trust: string, forwarded: (attempt: number) => string): Promise<number> {
    const api = await TestApi.start({
      env: { TRUST_PROXY: trust, TOKEN_RATE_LIMIT_PER_MINUTE: String(LIMIT) },
    });
    try {
      const statuses: number[] = [];
      for (let attempt = 0; attempt < 2 * LIMIT; attempt++) {
        const headers = { 'x-forwarded-for': forwarded(attempt) };
        const json = { code: 'guess' };
        statuses.push((await api.call('POST', '/v1/capture-credentials', { json, headers })).status);
      }
      return statuses.filter((status) => status === 401).length;
    } finally {
      await api.close();
    }
  }

  const made = (attempt: number) => `198.51.100.${attempt}`;

  it.each([
    ['is that of the connection where no proxy is trusted', 'false', made, LIMIT],
    ['is that of the connection where that is none of the proxies', '192.0.2.0/24', made, LIMIT],
    [
      'is what the one trusted hop saw, not what the caller wrote',
      '1',
      (n: number) => `${made(n)}, 192.0.2.7`,
      LIMIT,
    ],
    [
      'is what the trusted address saw, not what the caller wrote',
      'loopback',
      (n: number) => `${made(n)}, 192.0.2.7`,
      LIMIT,
    ],
    ['differs for callers that the trusted proxy saw apart', 'loopback', made, 2 * LIMIT],
    ['is that before two hops where two are trusted', '2', (n: number) => `${made(n)}, 192.0.2.7`, 2 * LIMIT],
    ['is one for a whole IPv6 network of a caller', '1', (n: number) => `2001:db8:0:7::${n + 1}`, LIMIT],
    ['differs between IPv6 networks', '1', (n: number) => `2001:db8:0:${n + 1}::1`, 2 * LIMIT],
  ])('%s', async (_what, trust, forwarded, expected) => {
    expect(await admitted(trust, forwarded)).toBe(expected);
  });
});
