import { ConnectionError, ProblemError, SecureBiometricClient, WaitTimeoutError } from './index.js';
import {
  events,
  hangUp,
  json,
  problem,
  ScriptedServer,
  silence,
  type Step,
} from './testing/scripted-server.js';

let server: ScriptedServer;
afterEach(() => server?.close());

async function client(...steps: Step[]): Promise<SecureBiometricClient> {
  server = await ScriptedServer.start(...steps);
  return new SecureBiometricClient({ baseUrl: `${server.url}/`, token: 'token' });
}
const grant = (token: string, seconds = 900): Step => json(200, { access_token: token, expires_in: seconds });
const sent = () => server.received.map(({ method, path }) => `${method} ${path}`);
const event = (seq: number, kind: string, data: object) =>
  `id: ${seq}\nevent: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;
const state = (seq: number, name: string) =>
  event(seq, 'state', { state: name, at: '2026-11-25T00:00:00.000Z' });
const capture = (name: string) => json(200, { id: 'c', state: name, decision: null });

describe('a call', () => {
  it('carries token and JSON, and gives back what came', async () => {
    const one = await client(json(201, { id: 'c', pageCode: 'p', expiresAt: 'e' }));
    expect(await one.createCapture({ purpose: 'liveness' })).toEqual({
      id: 'c',
      pageCode: 'p',
      expiresAt: 'e',
    });
    expect(server.received).toMatchObject([
      {
        method: 'POST',
        path: '/v1/captures',
        body: '{"purpose":"liveness"}',
        headers: { authorization: 'Bearer token', 'content-type': 'application/json' },
      },
    ]);
  });

  it('is refused by an error to branch on', async () => {
    const one = await client(problem(409, 'not_enrolled'));
    const refused = one.createCapture({ purpose: 'verification', subjectId: 's' });
    await expect(refused).rejects.toThrow(ProblemError);
    await expect(refused).rejects.toMatchObject({
      status: 409,
      code: 'not_enrolled',
      next: 'do',
      errorId: 'e-1',
      errors: [],
    });
  });

  it('tells a stranger in the way from the API', async () => {
    const one = await client((response) => void response.writeHead(404).end('<html>nginx</html>'));
    await expect(one.readCapture('c')).rejects.toMatchObject({ status: 404, code: 'unexpected_answer' });
  });

  it('is sent again under the same key when it creates something, and when it was refused before work', async () => {
    const one = await client(
      hangUp,
      problem(503, 'overloaded'),
      problem(429, 'rate_limited', { 'retry-after': '0' }),
      json(201, { id: 's' }),
    );
    await one.createSubject();
    const keys = server.received.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(4);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('that creates something waits for the attempt before, whose answer was lost', async () => {
    const one = await client(
      hangUp,
      problem(409, 'idempotency_in_flight', { 'retry-after': '0' }),
      json(201, { id: 's' }),
    );
    expect(await one.createSubject()).toEqual({ id: 's' });
    const keys = server.received.map(({ headers }) => headers['idempotency-key']);
    expect([keys.length, new Set(keys).size]).toEqual([3, 1]);
  });

  it('waits as long as it is told', async () => {
    const one = await client(problem(429, 'rate_limited', { 'retry-after': '1' }), json(200, { id: 's' }));
    const began = performance.now();
    await one.readSubject('s');
    expect(performance.now() - began).toBeGreaterThanOrEqual(990);
  });

  it('gives up before its deadline rather than wait beyond it', async () => {
    const one = await client(problem(429, 'rate_limited', { 'retry-after': '3600' }));
    await expect(one.readSubject('s')).rejects.toMatchObject({
      code: 'rate_limited',
      retryAfterSeconds: 3600,
    });
    expect(sent()).toHaveLength(1);
  });

  it('is not sent again when it might have been carried out', async () => {
    const one = await client(hangUp, json(200, {}));
    await expect(one.startCapture('c')).rejects.toThrow(ConnectionError);
    expect(sent()).toEqual(['POST /v1/captures/c/start']);
  });

  it('ends with its signal, and with the time of an attempt', async () => {
    server = await ScriptedServer.start(silence, silence, silence);
    let attempts = 0;
    const counted = ((...call: Parameters<typeof fetch>) => (attempts++, fetch(...call))) as typeof fetch;
    const limits = { timeoutMs: 100, attempts: 2, fetch: counted };
    const one = new SecureBiometricClient({ baseUrl: server.url, token: 't', ...limits });
    await expect(one.readSubject('s')).rejects.toThrow(ConnectionError);
    expect(attempts).toBe(2);
    const abort = new AbortController();
    const read = new SecureBiometricClient({ baseUrl: server.url, token: 't' }).readSubject('s', {
      signal: abort.signal,
    });
    setTimeout(() => abort.abort(new Error('enough')), 50);
    await expect(read).rejects.toThrow('enough');
  });

  it('leaves no way out of its path', async () => {
    const one = await client(json(200, {}));
    await one.readSubject('../captures?x=1#y');
    expect(sent()).toEqual(['GET /v1/subjects/..%2Fcaptures%3Fx%3D1%23y']);
  });

  it('reads lists to their end', async () => {
    const one = await client(
      json(200, { items: [{ id: 1 }, { id: 2 }], nextCursor: 'n+1' }),
      json(200, { items: [{ id: 3 }], nextCursor: null }),
    );
    const ids: unknown[] = [];
    for await (const { id } of one.listCaptures({ state: 'decided', limit: 2 })) ids.push(id);
    expect(ids).toEqual([1, 2, 3]);
    expect(sent()).toEqual([
      'GET /v1/captures?state=decided&limit=2',
      'GET /v1/captures?state=decided&limit=2&cursor=n%2B1',
    ]);
  });
});

describe('client credentials', () => {
  const service = async (...steps: Step[]) => {
    server = await ScriptedServer.start(...steps);
    return new SecureBiometricClient({ baseUrl: server.url, clientId: 'id', clientSecret: 'se+cret' });
  };
  const tokens = () => server.received.map(({ headers }) => headers.authorization);
  const subject = json(200, { id: 's' });

  it('fetch one token for many calls', async () => {
    const one = await service(grant('a'), subject, subject, subject);
    await Promise.all([one.readSubject('1'), one.readSubject('2'), one.readSubject('3')]);
    expect(tokens()).toEqual([undefined, 'Bearer a', 'Bearer a', 'Bearer a']);
    expect(server.received[0]?.body).toBe(
      'grant_type=client_credentials&client_id=id&client_secret=se%2Bcret',
    );
  });

  it('fetch the next one before it expires', async () => {
    const one = await service(grant('a', 0), grant('b', 900), subject, subject);
    await one.readSubject('1');
    await one.readSubject('2');
    expect(tokens()).toEqual([undefined, undefined, 'Bearer b', 'Bearer b']);
  });

  it('fetch another one when it is refused, once', async () => {
    const no = problem(401, 'unauthenticated');
    const one = await service(grant('a'), no, grant('b'), subject, no, grant('c'), no);
    await one.readSubject('1');
    await expect(one.readSubject('2')).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(tokens()).toEqual([
      undefined,
      'Bearer a',
      undefined,
      'Bearer b',
      'Bearer b',
      undefined,
      'Bearer c',
    ]);
  });

  it('that are wrong are asked for anew with the next call', async () => {
    const one = await service(problem(401, 'invalid_client'), grant('a'), subject);
    await expect(one.readSubject('1')).rejects.toMatchObject({ code: 'invalid_client' });
    await one.readSubject('1');
  });
});

describe('waiting', () => {
  it('follows the events over broken connections, each once, and then reads the capture', async () => {
    const one = await client(
      events(`retry: 1\n\n${state(1, 'created')}${state(2, 'submitted')}`, { broken: true }),
      events(
        `: still here\n\n${state(2, 'submitted')}${event(3, 'stage', { stage: 'mesh', status: 'done' })}`,
      ),
      events(`${event(4, 'decision', { outcome: 'accepted' })}${state(5, 'decided')}`),
      capture('decided'),
    );
    const seen: string[] = [];
    const ended = await one.waitForCapture('c', { onEvent: ({ seq, kind }) => seen.push(`${seq} ${kind}`) });
    expect(ended.state).toBe('decided');
    expect(seen).toEqual(['1 state', '2 state', '3 stage', '4 decision', '5 state']);
    expect(server.received.map(({ headers }) => headers['last-event-id'])).toEqual([
      undefined,
      '2',
      '3',
      undefined,
    ]);
  });

  it.each<[string, Step]>([
    ['there are too many', problem(503, 'event_streams_exhausted')],
    ['the capture had ended', (response) => void response.writeHead(204).end()],
    ['the API is older', problem(404, 'not_found')],
  ])('long-polls when %s', async (_why, step) => {
    const one = await client(step, capture('processing'), capture('cancelled'));
    expect((await one.waitForCapture('c')).state).toBe('cancelled');
    expect(sent()).toEqual([
      'GET /v1/captures/c/events',
      'GET /v1/captures/c?wait=20',
      'GET /v1/captures/c?wait=20',
    ]);
  });

  it('long-polls when no events come through', async () => {
    const one = await client(...Array.from({ length: 5 }, () => hangUp), capture('decided'));
    expect((await one.waitForCapture('c')).state).toBe('decided');
    expect(sent().at(-1)).toBe('GET /v1/captures/c?wait=20');
  });

  it('ends in time', async () => {
    const one = await client(problem(503, 'event_streams_exhausted'), capture('processing'), silence);
    const waited = one.waitForCapture('c', { deadlineMs: 4_000 });
    await expect(waited).rejects.toThrow(WaitTimeoutError);
    await expect(waited).rejects.toMatchObject({ captureId: 'c', state: 'processing' });
  });

  it('ends with its signal', async () => {
    const one = await client(silence);
    const abort = new AbortController();
    setTimeout(() => abort.abort(new Error('enough')), 50);
    await expect(one.waitForCapture('c', { signal: abort.signal })).rejects.toThrow('enough');
  });

  it('passes on what is no trouble of streams, also of whoever listens', async () => {
    const one = await client(problem(403, 'insufficient_scope'), events(state(1, 'created')));
    await expect(one.waitForCapture('c')).rejects.toMatchObject({ code: 'insufficient_scope' });
    const listening = one.waitForCapture('c', {
      onEvent: () => {
        throw new TypeError('of the listener');
      },
    });
    await expect(listening).rejects.toThrow('of the listener');
  });
});
