import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { EventSubscriptions } from '#captures';
import { follow, followToEnd, type ServerSentEvent } from '../support/event-source.js';
import { until } from '../support/wait.js';
import { Fixtures } from './support/fixtures.js';
import { pictures } from './support/pictures.js';
import { type RelyingParty, TestApi } from './support/test-api.js';

const NOWHERE = '0199e8c8-0000-7000-8000-000000000000';

let api: TestApi;
let party: RelyingParty;
let fixtures: Fixtures;

beforeAll(async () => {
  api = await TestApi.start({ env: { EVENT_HEARTBEAT_MS: '200' } });
  party = await api.relyingParty();
  fixtures = new Fixtures(api);
});
afterAll(() => api.close());

const streams = (of = api) => of.app.get(EventSubscriptions);
const open = (count: number, of = api) => until(() => streams(of).size === count);
const urlOf = (id: string, of = api) => `${of.url}/v1/captures/${id}/events`;
const created = async () => (await api.as(party.token).create({ purpose: 'liveness' })).id;
const inShort = (events: readonly ServerSentEvent[]) =>
  events.map(
    ({ id, event, data }) => `${id} ${event} ${String(data['state'] ?? data['stage'] ?? data['outcome'])}`,
  );
/** Another API in this process: passport knows one set of keys, so they share it. */
const another = (env: NodeJS.ProcessEnv, databaseUrl?: string) =>
  TestApi.start({
    databaseUrl,
    env: { TOKEN_KEYS_FILE: (api.config.tokenKeys as { file: string }).file, ...env },
  });

/** The whole life of a capture, from a subscriber who was there from the beginning. */
async function followed(): Promise<{ id: string; events: ServerSentEvent[] }> {
  const client = api.as(party.token);
  const { id } = await client.create({ purpose: 'liveness' });
  const reading = followToEnd(urlOf(id), { token: party.token });
  await open(1);
  await client.start(id);
  await client.submit(id, await pictures(5));
  await fixtures.setState(id, 'processing');
  await fixtures.decide(id);
  return { id, events: await reading };
}

describe('a capture that is followed', () => {
  let id: string;
  let events: ServerSentEvent[];
  beforeAll(async () => ({ id, events } = await followed()));

  it('tells everything in order, numbered without a gap, and then ends', () => {
    expect(inShort(events)).toEqual([
      '1 state created',
      '2 state started',
      '3 state submitted',
      '4 state processing',
      '5 decision rejected',
      '6 stage extraction',
      '7 state decided',
    ]);
  });

  it('tells each stage with its timing and the decision as an integrator sees it', async () => {
    const { stages, decision } = await api.as(party.token).read(id);
    expect(events[5]?.data).toEqual(stages[0]);
    expect(events[4]?.data).toEqual(decision);
    expect(JSON.stringify(events)).not.toMatch(/0\.4242|0\.5555|no_match|0\.4343/);
  });

  it('is told from any event on, also by another API process', async () => {
    const second = await another({}, await databaseUrl());
    try {
      for (const after of [0, 3, 6])
        expect(await followToEnd(urlOf(id, second), { token: party.token, after })).toEqual(
          events.slice(after),
        );
    } finally {
      await second.close();
    }
  });

  it('is answered with 204 to whoever knows its end, so that an EventSource does not come back', async () => {
    for (const after of ['7', '8', '999999999']) {
      const { status, text } = await api.call('GET', `/v1/captures/${id}/events`, {
        token: party.token,
        headers: { 'last-event-id': after },
      });
      expect([after, status, text]).toEqual([after, 204, '']);
    }
    expect(streams().size).toBe(0);
  });

  it('is told to the holder of its credential too', async () => {
    const { id, pageCode } = await api.as(party.token).create({ purpose: 'liveness' });
    const { body } = await api.call('POST', '/v1/capture-credentials', { json: { code: pageCode } });
    const reading = followToEnd(urlOf(id), { token: String(body['credential']) });
    await open(1);
    await api.as(party.token).cancel(id);
    expect(inShort(await reading)).toEqual(['1 state created', '2 state cancelled']);
  });
});

async function databaseUrl(): Promise<string> {
  const [{ name } = { name: '' }] = await api.sql<{ name: string }>('SELECT current_database() AS name');
  const url = new URL(api.config.DATABASE_URL);
  url.pathname = `/${name}`;
  return url.href;
}

it.each(['-1', '1.5', 'last', '99999999999', '1 ; 2'])('a Last-Event-ID of %p is refused', async (after) => {
  const { status, code, body } = await api.call('GET', `/v1/captures/${await created()}/events`, {
    token: party.token,
    headers: { 'last-event-id': after },
  });
  expect([status, code]).toEqual([400, 'validation_failed']);
  expect(body['errors']).toEqual([expect.objectContaining({ member: 'Last-Event-ID' })]);
});

it('is 404 for what is not there or not yours, and takes no place', async () => {
  const stranger = await api.relyingParty();
  for (const [id, token] of [
    [NOWHERE, party.token],
    [await created(), stranger.token],
  ] as const)
    expect((await api.call('GET', `/v1/captures/${id}/events`, { token })).code).toBe('capture_not_found');
  expect(streams().size).toBe(0);
});

it('names the kind of body, keeps proxies from storing and buffering, and shows that it lives', async () => {
  const id = await created();
  const leave = new AbortController();
  const response = await fetch(urlOf(id), {
    headers: { authorization: `Bearer ${party.token}` },
    signal: leave.signal,
  });
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(response.headers.get('x-accel-buffering')).toBe('no');
  let text = '';
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  await until(async () => {
    const { value } = await reader.read();
    text += Buffer.from(value ?? []).toString();
    return text.split(': still here').length > 2;
  });
  expect(text).toMatch(/^retry: 2000\n\nid: 1\nevent: state\ndata: \{"state":"created"/);
  leave.abort();
  await open(0);
});

it('HEAD is answered at once and takes no place', async () => {
  const { status, headers, text } = await api.call('HEAD', `/v1/captures/${await created()}/events`, {
    token: party.token,
  });
  expect([status, text]).toEqual([200, '']);
  expect(headers.get('content-type')).toMatch(/^text\/event-stream/);
  expect(streams().size).toBe(0);
});

it('ends when the capture is erased', async () => {
  const client = api.as(party.token);
  const subjectId = await client.consentingSubject();
  const { id } = await client.create({ purpose: 'liveness', subjectId });
  const reading = followToEnd(urlOf(id), { token: party.token });
  await open(1);
  await client.erase(subjectId);
  expect(inShort(await reading)).toEqual(['1 state created']);
  expect(await api.sql('SELECT 1 FROM capture_events WHERE capture_id = $1', [id])).toEqual([]);
});

it('goes on when the notification was lost', async () => {
  const id = await created();
  const reading = followToEnd(urlOf(id), { token: party.token });
  await open(1);
  // A transaction that replicates fires no trigger, so nobody is told.
  await api.sql(`
    BEGIN; SET LOCAL session_replication_role = replica;
    UPDATE captures SET state = 'expired', next_check_at = NULL WHERE id = '${id}';
    INSERT INTO capture_events (capture_id, tenant_id, seq, kind, name) VALUES ('${id}', '${party.tenantId}', 2, 'state', 'expired');
    COMMIT;`);
  expect(inShort(await reading)).toEqual(['1 state created', '2 state expired']);
});

it('holds no connection: far more follow than there are', async () => {
  // Without the looks that come with signs of life, which on a busy machine never cease.
  const calm = await another({ EVENT_HEARTBEAT_MS: '600000' }, await databaseUrl());
  try {
    const ids = await Promise.all(Array.from({ length: 40 }, created));
    const readings = ids.map((id) => followToEnd(urlOf(id, calm), { token: party.token }));
    await open(40, calm);
    await until(async () => {
      const busy = await api.sql(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE '%sb_app' AND state <> 'idle'`,
      );
      return busy.length === 0;
    });
    await Promise.all(ids.map((id) => api.as(party.token).cancel(id)));
    for (const reading of readings)
      expect(inShort(await reading)).toEqual(['1 state created', '2 state cancelled']);
  } finally {
    await calm.close();
  }
});

it('a reader that takes nothing makes nothing pile up, and frees its place when it goes', async () => {
  const id = await created();
  const { hostname, port } = new URL(api.url);
  const asked = request({
    hostname,
    port,
    path: `/v1/captures/${id}/events`,
    headers: { authorization: `Bearer ${party.token}` },
    agent: false,
  });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  response.pause();
  await open(1);
  asked.destroy();
  await open(0);
});

it('finds a place again when another tenant or stream has left, and is counted meanwhile', async () => {
  const small = await another({ MAX_EVENT_STREAMS: '2', MAX_EVENT_STREAMS_PER_TENANT: '1' });
  try {
    const parties = [await small.relyingParty(), await small.relyingParty(), await small.relyingParty()];
    const ids = await Promise.all(
      parties.map(async ({ token }) => (await small.as(token).create({ purpose: 'liveness' })).id),
    );
    const ask = (index: number) =>
      small.call('GET', `/v1/captures/${ids[index]}/events`, { token: parties[index]?.token });
    const end = (index: number) => small.as(String(parties[index]?.token)).cancel(String(ids[index]));
    const first = ask(0);
    await open(1, small);
    expect((await ask(0)).code).toBe('tenant_streams_exhausted');
    const second = ask(1);
    await open(2, small);
    const refused = await ask(2);
    expect([refused.status, refused.code]).toEqual([503, 'event_streams_exhausted']);
    expect(refused.headers.get('retry-after')).toBe('5');
    await end(0);
    expect((await first).text).toContain('cancelled');
    await open(1, small);
    const third = ask(2);
    await open(2, small);
    await Promise.all([end(1), end(2)]);
    for (const { status } of await Promise.all([second, third])) expect(status).toBe(200);
  } finally {
    await small.close();
  }
});

it('ends with its process in order, and without an end of the capture', async () => {
  const closing = await another({});
  const { token } = await closing.relyingParty();
  const { id } = await closing.as(token).create({ purpose: 'liveness' });
  const events: ServerSentEvent[] = [];
  const reading = (async () => {
    for await (const event of follow(urlOf(id, closing), { token })) events.push(event);
  })();
  await open(1, closing);
  await closing.close();
  await reading;
  expect(inShort(events)).toEqual(['1 state created']);
});

it('ends after its longest time, and goes on where it was', async () => {
  const short = await another({ EVENT_STREAM_MAX_MS: '1000' });
  try {
    const { token } = await short.relyingParty();
    const { id } = await short.as(token).create({ purpose: 'liveness' });
    const events: ServerSentEvent[] = [];
    // On a slow machine the longest time may be over before the first event is read.
    await until(async () => events.push(...(await followToEnd(urlOf(id, short), { token }))) > 0);
    expect(inShort(events)).toEqual(['1 state created']);
    await short.as(token).cancel(id);
    expect(inShort(await followToEnd(urlOf(id, short), { token, after: 1 }))).toEqual(['2 state cancelled']);
  } finally {
    await short.close();
  }
});
