import { CaptureWaits } from '#captures';
import { until } from '../support/wait.js';
import { Fixtures } from './support/fixtures.js';
import { pictures } from './support/pictures.js';
import { type RelyingParty, TestApi } from './support/test-api.js';

const RATE_LIMIT = 40;

let api: TestApi;
let party: RelyingParty;
let fixtures: Fixtures;

beforeAll(async () => {
  api = await TestApi.start();
  party = await api.relyingParty();
  fixtures = new Fixtures(api);
});
afterAll(() => api.close());

const path = (id: string, wait: string | number) => `/v1/captures/${id}?wait=${wait}`;
const poll = (id: string, wait: string | number, token = party.token) =>
  api.call('GET', path(id, wait), { token });
const created = async () => (await api.as(party.token).create({ purpose: 'liveness' })).id;
/** Another API in this process: passport knows one set of keys, so they share it. */
const another = (env: NodeJS.ProcessEnv) =>
  TestApi.start({ env: { TOKEN_KEYS_FILE: (api.config.tokenKeys as { file: string }).file, ...env } });
const waiting = (count: number, of = api) => until(() => of.app.get(CaptureWaits).size === count);

it.each(['-1', '31', '1.5', '1e1', '0x10', 'NaN', '', ' 5', 'soon', '5&wait=5', '99999999999'])(
  'a wait of %s is refused by its name',
  async (wait) => {
    const { status, code, body } = await poll(await created(), wait);
    expect([status, code]).toEqual([400, 'validation_failed']);
    expect(body['errors']).toEqual(expect.arrayContaining([expect.objectContaining({ member: 'wait' })]));
  },
);

it('an unknown parameter is refused, so that a misspelt wait is noticed', async () => {
  const { status, code } = await api.call('GET', `/v1/captures/${await created()}?wiat=5`, {
    token: party.token,
  });
  expect([status, code]).toEqual([400, 'validation_failed']);
});

it('answers at the end of the capture, to a client and to the holder of its credential alike', async () => {
  const { id, pageCode } = await api.as(party.token).create({ purpose: 'liveness' });
  const exchanged = await api.call('POST', '/v1/capture-credentials', { json: { code: pageCode } });
  const credential = String(exchanged.body['credential']);
  const answers = [poll(id, 30), poll(id, 30, credential)];
  await waiting(2);
  await fixtures.decide(id);
  for (const { status, headers, body } of await Promise.all(answers)) {
    expect([status, body['state']]).toEqual([200, 'decided']);
    expect(body).toMatchObject({ id, decision: { outcome: 'rejected', code: 'not_accepted' } });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.has('retry-after')).toBe(false);
  }
});

it('answers with the state as it stands when the wait is over, and says when to come again', async () => {
  const answer = await poll(await created(), 1);
  expect([answer.status, answer.body['state']]).toEqual([200, 'created']);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
});

it('is 404 at once for what is not there, and when the subject is erased meanwhile', async () => {
  expect((await poll('0199e8c8-0000-7000-8000-000000000000', 30)).code).toBe('capture_not_found');
  const stranger = await api.relyingParty();
  expect((await poll(await created(), 30, stranger.token)).code).toBe('capture_not_found');
  const client = api.as(party.token);
  const subjectId = await client.consentingSubject();
  const { id } = await client.create({ purpose: 'liveness', subjectId });
  const answer = poll(id, 30);
  await waiting(1);
  await client.erase(subjectId);
  expect((await answer).code).toBe('capture_not_found');
});

it('forgets a caller who hangs up', async () => {
  const id = await created();
  const gone = new AbortController();
  const answer = fetch(`${api.url}${path(id, 30)}`, {
    headers: { authorization: `Bearer ${party.token}` },
    signal: gone.signal,
  });
  await waiting(1);
  gone.abort();
  await expect(answer).rejects.toThrow('abort');
  await waiting(0);
});

it('has an access line and a count for a caller who hung up', async () => {
  const id = await created();
  const gone = new AbortController();
  const headers = { authorization: `Bearer ${party.token}`, 'x-request-id': 'hung-up-0001' };
  const answer = fetch(`${api.url}${path(id, 30)}`, { headers, signal: gone.signal });
  await waiting(1);
  gone.abort();
  await expect(answer).rejects.toThrow('abort');
  const lines = () =>
    api.log
      .split('\n')
      .filter((line) => line.includes('hung-up-0001') && line.includes('"log":"access"'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  await until(() => lines().length > 0);
  expect(lines()).toEqual([
    expect.objectContaining({ status: 499, route: '/v1/captures/:id', actorId: party.clientId }),
  ]);
});

it('counts as one request', async () => {
  const limited = await another({ RATE_LIMIT_PER_MINUTE: String(RATE_LIMIT) });
  try {
    const { token } = await limited.relyingParty();
    const { id } = await limited.as(token).create({ purpose: 'liveness' });
    const ask = (wait: number) => limited.call('GET', path(id, wait), { token });
    const first = ask(30);
    await waiting(1, limited);
    for (let count = 1; count < RATE_LIMIT; count++) expect((await ask(0)).status).toBe(200);
    expect((await ask(0)).code).toBe('rate_limited');
    await new Fixtures(limited).setState(id, 'expired');
    expect((await first).body['state']).toBe('expired');
  } finally {
    await limited.close();
  }
});

it('answers at once where as many wait as may, and ends all waits with the process', async () => {
  const small = await another({ MAX_LONG_POLLS: '2' });
  let closing: Promise<void> | undefined;
  try {
    const { token } = await small.relyingParty();
    const { id } = await small.as(token).create({ purpose: 'liveness' });
    const ask = () => small.call('GET', path(id, 30), { token });
    const waits = [ask(), ask()];
    await waiting(2, small);
    const third = await ask();
    expect([third.status, third.body['state']]).toEqual([200, 'created']);
    expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(small.app.get(CaptureWaits).size).toBe(2);
    closing = small.close();
    for (const { status, body } of await Promise.all(waits))
      expect([status, body['state']]).toEqual([200, 'created']);
  } finally {
    await (closing ?? small.close());
  }
});

it('leaves places for others: no tenant takes more than its share', async () => {
  const small = await another({ MAX_LONG_POLLS: '3', MAX_LONG_POLLS_PER_TENANT: '2' });
  try {
    const [greedy, modest] = [await small.relyingParty(), await small.relyingParty()];
    const idOf = async ({ token }: RelyingParty) =>
      (await small.as(token).create({ purpose: 'liveness' })).id;
    const [id, other] = [await idOf(greedy), await idOf(modest)];
    const ask = (of: string, { token }: RelyingParty) => small.call('GET', path(of, 30), { token });
    const held = [ask(id, greedy), ask(id, greedy)];
    await waiting(2, small);
    expect((await ask(id, greedy)).body['state']).toBe('created');
    held.push(ask(other, modest));
    await waiting(3, small);
    expect((await ask(other, modest)).body['state']).toBe('created');
    const ended = new Fixtures(small);
    for (const each of [id, other]) await ended.setState(each, 'expired');
    for (const { body } of await Promise.all(held)) expect(body['state']).toBe('expired');
    // Their places are free again.
    const again = await idOf(greedy);
    held.push(ask(again, greedy));
    await waiting(1, small);
    await ended.setState(again, 'expired');
    await Promise.all(held);
  } finally {
    await small.close();
  }
});

describe('a submission', () => {
  const submit = async (client = api.as(party.token)) => {
    const id = await client.started({ purpose: 'liveness' });
    return { id, reply: await client.sendFrames<Record<string, unknown>>(id, await pictures(5)) };
  };

  it('is answered with where to look, when, and the place in the line of all tenants', async () => {
    const first = await submit();
    const other = await submit(api.as((await api.relyingParty()).token));
    const third = await submit();
    const positions = [first, other, third].map(({ reply }) => Number(reply.body['position']));
    expect(positions[1]).toBe((positions[0] as number) + 1);
    expect(positions[2]).toBe((positions[0] as number) + 2);
    for (const { id, reply } of [first, other, third]) {
      expect(reply.status).toBe(202);
      expect(reply.headers.get('location')).toBe(`/v1/captures/${id}`);
      expect(reply.body).toEqual({
        id,
        state: 'submitted',
        position: expect.any(Number) as number,
        etaSeconds: expect.any(Number) as number,
      });
      expect(Number(reply.headers.get('retry-after'))).toBe(Math.min(30, Number(reply.body['etaSeconds'])));
    }
    expect(Number(third.reply.body['etaSeconds'])).toBeGreaterThan(Number(first.reply.body['etaSeconds']));
    const answer = await poll(third.id, 0);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('of the same frames again is answered with how things stand now', async () => {
    const client = api.as(party.token);
    const frames = await pictures(5);
    const id = await client.submitted({ purpose: 'liveness' }, frames);
    await fixtures.decide(id);
    const { status, headers, body } = await client.sendFrames<unknown>(id, frames);
    expect([status, body]).toEqual([202, { id, state: 'decided', position: 0, etaSeconds: 0 }]);
    expect(headers.get('retry-after')).toBe('0');
  });
});
