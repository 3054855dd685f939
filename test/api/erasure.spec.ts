import { BlobReaper } from '#captures';
import { Platform } from '#platform';
import { Fixtures } from './support/fixtures.js';
import { pictures } from './support/pictures.js';
import { TestApi } from './support/test-api.js';

/** What keeps the opaque id on purpose: the trail, and the message that purges the queue, until it is relayed. */
const MAY_REMAIN = ['audit_events', 'outbox'];

let api: TestApi;

beforeAll(async () => (api = await TestApi.start()));
afterAll(() => api.close());

async function tables(): Promise<string[]> {
  const rows = await api.sql<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
  );
  return rows.map(({ name }) => name);
}

async function tablesWithColumn(...columns: string[]): Promise<string[]> {
  const rows = await api.sql<{ name: string }>(
    `SELECT DISTINCT table_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = ANY($1)`,
    [columns],
  );
  return rows.map(({ name }) => name);
}

/** In which tables any of the ids stands, in whatever column. */
async function tablesThatName(ids: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const table of await tables()) {
    const pattern = ids.map((id) => `%${id}%`);
    const rows = await api.sql(`SELECT 1 FROM "${table}" AS entry WHERE entry::text LIKE ANY($1) LIMIT 1`, [
      pattern,
    ]);
    if (rows.length > 0) found.push(table);
  }
  return found.sort();
}

it('leaves neither a row nor a blob of the subject, and everything of others', async () => {
  const party = await api.relyingParty();
  const client = api.as(party.token);
  const frames = await pictures(6);
  const fixtures = new Fixtures(api);
  const make = async (): Promise<{ subjectId: string; captures: string[] }> => {
    const subjectId = await fixtures.enrolledSubject(party);
    const decided = await client.submitted({ purpose: 'verification', subjectId }, frames);
    await fixtures.decide(decided);
    await fixtures.duplicate(party, subjectId, decided);
    const json = { label: 'mated' };
    await api.call('POST', `/v1/captures/${decided}/label`, { token: party.token, json });
    const verified = await fixtures.acceptedVerification(party, subjectId);
    await api.call('POST', '/v1/face-sessions', { token: party.token, json: { captureId: verified } });
    const inFlight = await client.submitted({ purpose: 'liveness', subjectId }, frames);
    const open = await client.started({ purpose: 'liveness', subjectId });
    await api.sql(
      `INSERT INTO pending_blobs (prefix, tenant_id, due_at) VALUES ($1, $2, now() + interval '1 day')`,
      [`t/${party.tenantId}/s/${subjectId}/c/${decided}/`, party.tenantId],
    );
    await api.sql(
      `INSERT INTO webhook_events (id, tenant_id, type, about, capture_id, occurred_at, data)
       VALUES (gen_random_uuid(), $1, 'capture.decided', $2::uuid, $2::uuid, now(), jsonb_build_object('subjectId', $3::text))`,
      [party.tenantId, decided, subjectId],
    );
    return { subjectId, captures: [decided, verified, inFlight, open] };
  };
  const [erased, kept] = [await make(), await make()];
  const ids = [erased.subjectId, ...erased.captures];
  const keptBefore = await tablesThatName([kept.subjectId, ...kept.captures]);
  const owning = await tablesWithColumn('subject_id', 'capture_id');
  expect(await tablesThatName(ids)).toEqual(
    expect.arrayContaining([...owning, 'subjects', 'captures', 'pending_blobs']),
  );

  expect(await client.erase(erased.subjectId)).toEqual({
    subjectId: erased.subjectId,
    captures: 4,
    references: 1,
    consents: 3,
    faceSessions: 1,
  });
  expect(await tablesThatName(ids)).toEqual([...MAY_REMAIN, 'pending_blobs']);
  const [latest] = await api.sql<{ soon: boolean }>(
    `SELECT bool_and(due_at <= now() + interval '5 minutes') AS soon FROM pending_blobs WHERE prefix LIKE $1`,
    [`%${erased.subjectId}%`],
  );
  expect(latest?.soon).toBe(true);

  await api.sql(`UPDATE pending_blobs SET due_at = now() WHERE prefix LIKE $1`, [`%${erased.subjectId}%`]);
  const { unitOfWork, blobs } = api.app.get(Platform);
  await new BlobReaper(unitOfWork, blobs, (error) => {
    throw error;
  }).reapDue();
  expect(await tablesThatName(ids)).toEqual(MAY_REMAIN);
  const { files } = await api.footprint();
  expect(files.filter((file) => String(file).includes(erased.subjectId))).toEqual([]);
  expect(files.filter((file) => String(file).includes(kept.subjectId))).toHaveLength(12);
  expect(await tablesThatName([kept.subjectId, ...kept.captures])).toEqual(keptBefore);
});

it('answers for every address of an erased subject as for one that never was', async () => {
  const party = await api.relyingParty();
  const client = api.as(party.token);
  const subjectId = await client.consentingSubject();
  const captureId = await client.started({ purpose: 'liveness', subjectId });
  await client.erase(subjectId);
  const { token } = party;
  expect((await api.call('GET', `/v1/subjects/${subjectId}`, { token })).code).toBe('subject_not_found');
  expect((await api.call('DELETE', `/v1/subjects/${subjectId}`, { token })).code).toBe('subject_not_found');
  expect((await api.call('GET', `/v1/subjects/${subjectId}/consents`, { token })).code).toBe(
    'subject_not_found',
  );
  expect((await api.call('GET', `/v1/captures/${captureId}`, { token })).code).toBe('capture_not_found');
  expect((await client.sendFrames(captureId, await pictures(5))).body.code).toBe('capture_not_found');
});
