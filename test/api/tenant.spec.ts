import { Policies } from '#captures';
import { Platform } from '#platform';
import type { Answer } from './support/call.js';
import { Fixtures } from './support/fixtures.js';
import { pictures } from './support/pictures.js';
import { type RelyingParty, TestApi } from './support/test-api.js';

const DAY_S = 86_400;

let api: TestApi;
let party: RelyingParty;

beforeAll(async () => {
  api = await TestApi.start({ env: { FRAME_RETENTION_MAX_MS: String(7 * DAY_S * 1_000) } });
});
beforeEach(async () => (party = await api.relyingParty()));
afterAll(() => api.close());

const read = async () => (await api.call('GET', '/v1/tenant', { token: party.token })).body;
const change = (json: unknown): Promise<Answer> =>
  api.call('PATCH', '/v1/tenant', { token: party.token, json });

it('reads as the installation has it until something is settled', async () => {
  expect(await read()).toEqual({
    id: party.tenantId,
    name: expect.any(String) as string,
    displayName: null,
    frameRetentionSeconds: null,
    effectiveFrameRetentionSeconds: DAY_S,
    maxFrameRetentionSeconds: 7 * DAY_S,
    policyVersion: 0,
    createdAt: expect.any(String) as string,
  });
  await new Policies(api.app.get(Platform).unitOfWork).add(party.tenantId, {});
  expect((await read())['policyVersion']).toBe(1);
});

it('settles what is named, and takes back what is null', async () => {
  const settled = { displayName: 'Example Bank', frameRetentionSeconds: 600 };
  const { status, body } = await change(settled);
  expect(status).toBe(200);
  expect(body).toMatchObject({ ...settled, effectiveFrameRetentionSeconds: 600 });
  expect((await change({ displayName: null })).body).toMatchObject({
    displayName: null,
    frameRetentionSeconds: 600,
  });
  expect((await change({})).body).toEqual(await read());
  expect((await change({ frameRetentionSeconds: null })).body).toMatchObject({
    frameRetentionSeconds: null,
    effectiveFrameRetentionSeconds: DAY_S,
  });
  const trail = await api.sql(
    `SELECT outcome, actor_id, target_id, detail FROM audit_events WHERE action = 'tenant.changed' AND tenant_id = $1 ORDER BY occurred_at LIMIT 1`,
    [party.tenantId],
  );
  expect(trail).toEqual([
    {
      outcome: 'success',
      actor_id: party.clientId,
      target_id: party.tenantId,
      detail: { frameRetentionSeconds: 600 },
    },
  ]);
});

it.each([
  ['frameRetentionSeconds', 7 * DAY_S + 1],
  ['frameRetentionSeconds', -1],
  ['frameRetentionSeconds', 1.5],
  ['displayName', ''],
  ['displayName', 'a\u0000b'],
  ['name', 'other'],
])('refuses %s %j', async (member, value) => {
  const { status, body } = await change({ [member]: value });
  expect(status).toBe(400);
  expect(body['errors']).toEqual([expect.objectContaining({ member })]);
});

it('is that of the token: what one settles changes nothing for others', async () => {
  const before = await read();
  const other = await api.relyingParty();
  await api.call('PATCH', '/v1/tenant', { token: other.token, json: { frameRetentionSeconds: 0 } });
  expect(await read()).toEqual(before);
});

it('a shorter retention holds for frames that are kept already, a longer one for none of them', async () => {
  const client = api.as(party.token);
  const fixtures = new Fixtures(api);
  const subjectId = await client.consentingSubject();
  const frames = await pictures(5);
  const withSubject = await client.submitted({ purpose: 'liveness', subjectId }, frames);
  const alone = await client.submitted({ purpose: 'liveness' }, frames);
  const open = await client.submitted({ purpose: 'liveness' }, frames);
  const stranger = await api.relyingParty();
  const foreign = await api.as(stranger.token).submitted({ purpose: 'liveness' }, frames);
  const prefixes = await api.sql<{ id: string; prefix: string; tenant: string }>(
    `SELECT DISTINCT ON (capture_id) capture_id AS id, tenant_id AS tenant, left(blob_key, strpos(blob_key, capture_id::text) + 36) AS prefix FROM capture_frames`,
  );
  expect(prefixes).toHaveLength(4);
  for (const { id, prefix, tenant } of prefixes) {
    if (id !== open) await fixtures.decide(id);
    await api.sql(
      `UPDATE captures SET ended_at = now() - interval '1 hour' WHERE id = $1 AND state = 'decided'`,
      [id],
    );
    await api.sql(`INSERT INTO pending_blobs VALUES ($1, $2, now() + interval '1 day')`, [prefix, tenant]);
  }
  const hoursLeft = async () => {
    const rows = await api.sql<{ prefix: string; hours: number }>(
      `SELECT prefix, round(extract(epoch FROM due_at - now()) / 3600)::int AS hours FROM pending_blobs`,
    );
    return [withSubject, alone, open, foreign].map(
      (id) => rows.find(({ prefix }) => prefix.includes(id))?.hours,
    );
  };
  await change({ frameRetentionSeconds: 2 * 3_600 });
  expect(await hoursLeft()).toEqual([1, 1, 24, 24]);
  await change({ frameRetentionSeconds: 7 * DAY_S });
  expect(await hoursLeft()).toEqual([1, 1, 24, 24]);
});
