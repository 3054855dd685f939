import { until } from '../support/wait.js';
import { Fixtures } from './support/fixtures.js';
import { pictures } from './support/pictures.js';
import { type RelyingParty, TestApi } from './support/test-api.js';

const NOWHERE = '0199e8c8-0000-7000-8000-000000000000';

interface Page {
  readonly items: readonly { readonly id: string; readonly createdAt: string }[];
  readonly nextCursor: string | null;
}

let api: TestApi;
let fixtures: Fixtures;

beforeAll(async () => {
  api = await TestApi.start();
  fixtures = new Fixtures(api);
});
afterAll(() => api.close());

const ask = (party: RelyingParty, query: Record<string, string | number> = {}) =>
  api.call('GET', `/v1/captures?${new URLSearchParams(query as Record<string, string>).toString()}`, {
    token: party.token,
  });

async function list(party: RelyingParty, query: Record<string, string | number> = {}): Promise<Page> {
  const { status, headers, body } = await ask(party, query);
  expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
  return body as unknown as Page;
}

/** Every page in turn, as a client reads them. */
async function pages(party: RelyingParty, query: Record<string, string | number>): Promise<Page[]> {
  const read: Page[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: Page = await list(party, { ...query, ...(cursor && { cursor }) });
    read.push(page);
    cursor = page.nextCursor;
  }
  return read;
}

const ids = ({ items }: Page) => items.map(({ id }) => id);

describe('filters', () => {
  let party: RelyingParty;
  let made: Record<'subject' | 'created' | 'cancelled' | 'decided' | 'verification', string>;

  beforeAll(async () => {
    party = await api.relyingParty();
    const client = api.as(party.token);
    const subject = await fixtures.enrolledSubject(party);
    const decided = await client.submitted({ purpose: 'liveness' }, await pictures(5));
    await fixtures.decide(decided);
    const { id: created } = await client.create({ purpose: 'liveness', subjectId: subject });
    const { id: verification } = await client.create({ purpose: 'verification', subjectId: subject });
    const { id: cancelled } = await client.create({ purpose: 'liveness' });
    await client.cancel(cancelled);
    made = { subject, decided, created, verification, cancelled };
  });

  it('let everything of the tenant pass where there is none, newest first, and nothing of another', async () => {
    const { decided, created, verification, cancelled } = made;
    const page = await list(party);
    expect(ids(page)).toEqual([cancelled, verification, created, decided]);
    expect(page.nextCursor).toBeNull();
    expect(await list(await api.relyingParty())).toEqual({ items: [], nextCursor: null });
  });

  it('narrow it down, alone and together', async () => {
    const { subject, decided, created, verification, cancelled } = made;
    const of = async (query: Record<string, string>) => ids(await list(party, query));
    expect(await of({ state: 'cancelled' })).toEqual([cancelled]);
    expect(await of({ purpose: 'verification' })).toEqual([verification]);
    expect(await of({ subjectId: subject })).toEqual([verification, created]);
    expect(await of({ outcome: 'rejected' })).toEqual([decided]);
    expect(await of({ outcome: 'accepted' })).toEqual([]);
    expect(await of({ subjectId: subject, purpose: 'liveness' })).toEqual([created]);
    expect(await of({ subjectId: NOWHERE })).toEqual([]);
    const { items } = await list(party, { subjectId: subject });
    const [later, earlier] = items.map(({ createdAt }) => createdAt) as [string, string];
    expect(await of({ from: later })).toEqual([cancelled, verification]);
    expect(await of({ from: earlier, to: later })).toEqual([created]);
    const summer = later.replace('Z', '+00:00');
    expect(await of({ from: summer })).toEqual([cancelled, verification]);
  });

  it('are checked, each by its name', async () => {
    const wrong: Record<string, string>[] = [
      { state: 'lost' },
      { purpose: 'identification' },
      { subjectId: '1' },
      { outcome: 'maybe' },
      { from: 'yesterday' },
      { from: '2026-02-30T00:00:00Z' },
      { from: '2026-02-03' },
      { from: '2026-02-03T00:00:00' },
      { to: '0' },
      { limit: '0' },
      { limit: '101' },
      { limit: 'all' },
      { cursor: 'x' },
      { cursor: 'x'.repeat(201) },
      { tenantId: NOWHERE },
      { offset: '20' },
    ];
    for (const query of wrong) {
      const { status, code, body } = await ask(party, query);
      expect([query, status, code]).toEqual([query, 400, 'validation_failed']);
      const [member] = Object.keys(query);
      expect(body['errors']).toEqual(expect.arrayContaining([expect.objectContaining({ member })]));
    }
    const twice = await api.call('GET', '/v1/captures?state=decided&state=created', { token: party.token });
    expect(twice.code).toBe('validation_failed');
    for (const odd of ['1970-01-01T00:00:00Z', '9999-12-31T23:59:59.999999Z', '2026-01-01T00:00:00+23:59'])
      expect([odd, (await ask(party, { from: odd, to: odd })).status]).toEqual([odd, 200]);
  });
});

describe('pages', () => {
  it('hold every capture once, even of one and the same microsecond', async () => {
    const party = await api.relyingParty();
    const client = api.as(party.token);
    const made: string[] = [];
    for (let count = 0; count < 7; count++) made.push((await client.create({ purpose: 'liveness' })).id);
    await api.sql(
      `UPDATE captures SET created_at = '2026-01-01T00:00:00.000001Z'::timestamptz
         + CASE WHEN id = ANY($2) THEN interval '1 microsecond' ELSE interval '0' END WHERE tenant_id = $1`,
      [party.tenantId, made.slice(0, 3)],
    );
    for (const limit of [1, 2, 3, 6, 7, 100]) {
      const read = await pages(party, { limit });
      expect(read.flatMap(ids)).toEqual([
        ...made.slice(0, 3).sort().reverse(),
        ...made.slice(3).sort().reverse(),
      ]);
      expect(read).toHaveLength(Math.ceil(7 / limit));
      for (const { items } of read) expect(items.length).toBeLessThanOrEqual(limit);
    }
    expect((await pages(party, { limit: 2, state: 'created' })).flatMap(ids)).toHaveLength(7);
  });

  it('are not shifted by what is created or erased meanwhile', async () => {
    const party = await api.relyingParty();
    const client = api.as(party.token);
    const subjectId = await client.consentingSubject();
    const made: string[] = [];
    for (let count = 0; count < 5; count++) made.unshift((await client.create({ purpose: 'liveness' })).id);
    const { id: last } = await client.create({ purpose: 'liveness', subjectId });
    const first = await list(party, { limit: 3 });
    expect(ids(first)).toEqual([last, ...made.slice(0, 2)]);
    await client.create({ purpose: 'liveness' });
    await client.erase(subjectId);
    const second = await list(party, { limit: 3, cursor: first.nextCursor as string });
    expect(ids(second)).toEqual(made.slice(2));
    expect(second.nextCursor).toBeNull();
  });

  it('of one tenant tell another nothing', async () => {
    const [one, other] = [await api.relyingParty(), await api.relyingParty()];
    for (const { token } of [one, one, other]) await api.as(token).create({ purpose: 'liveness' });
    const { nextCursor } = await list(one, { limit: 1 });
    expect(ids(await list(other, { cursor: nextCursor as string }))).toEqual([]);
  });

  it('cost what they show, however many captures there are', async () => {
    const party = await api.relyingParty();
    await api.sql(
      `INSERT INTO captures (id, tenant_id, purpose, state, policy_version, correlation_id, created_by, page_code_hash, expires_at, created_at)
       SELECT gen_random_uuid(), $1, 'liveness', 'cancelled', 0, 'test', 'test', '\\x00', now(), now() - n * interval '1 minute'
       FROM generate_series(1, 20000) AS n`,
      [party.tenantId],
    );
    await api.sql('ANALYZE captures');
    interface Reads {
      readonly byTime: number;
      readonly scanned: number;
    }
    const reads = async (): Promise<Reads> => {
      const [row] = await api.sql<Reads>(
        `SELECT (SELECT idx_tup_read::int FROM pg_stat_user_indexes WHERE indexrelname = 'captures_by_time') AS "byTime",
                (SELECT seq_tup_read::int FROM pg_stat_user_tables WHERE relname = 'captures') AS scanned`,
      );
      return row as Reads;
    };
    // A session tells what it has counted when it is used again, at most once a second.
    const told = async (): Promise<Reads> => {
      await api.call('GET', '/health/ready');
      return reads();
    };
    let before: Reads = { byTime: -1, scanned: -1 };
    const settled = async () => {
      const earlier = before;
      before = await told();
      return earlier.byTime === before.byTime && earlier.scanned === before.scanned;
    };
    await until(settled, { everyMs: 1_100 });
    const first = await list(party, { limit: 20 });
    const deep = await list(party, {
      limit: 20,
      cursor: Buffer.from(`${(Date.now() - 9_000 * 60_000) * 1_000} ${NOWHERE}`).toString('base64url'),
    });
    expect([first.items.length, deep.items.length]).toEqual([20, 20]);
    const after = await until(async () => {
      const now = await told();
      return now.byTime - before.byTime >= 42 ? now : undefined;
    });
    expect(after.byTime - before.byTime).toBeLessThan(200);
    expect(after.scanned).toBe(before.scanned);
  });
});
