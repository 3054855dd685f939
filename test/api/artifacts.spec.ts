import { randomBytes } from 'node:crypto';
import { SealedOutputs, StageTransactions } from '#captures';
import { Platform } from '#platform';
import { Fixtures } from './support/fixtures.js';
import { pictures } from './support/pictures.js';
import { type RelyingParty, TestApi } from './support/test-api.js';

const MESH = randomBytes(3_000);

let api: TestApi;
let party: RelyingParty;
let token: string;
let frames: Buffer[];

beforeAll(async () => {
  api = await TestApi.start();
  party = await api.relyingParty();
  token = await party.tokenWith('artifacts:read');
  frames = await pictures(5);
});
afterAll(() => api.close());

const list = (id: string) => api.call('GET', `/v1/captures/${id}/artifacts`, { token });
const read = (id: string, name = 'mesh.obj', as = token) =>
  api.call('GET', `/v1/captures/${id}/artifacts/${name}`, { token: as });
const events = (id: string) =>
  api.sql(
    `SELECT outcome, actor_kind, actor_id, detail FROM audit_events WHERE target_id = $1 AND action = 'capture.artifact_read'
     ORDER BY occurred_at`,
    [id],
  );

/** A capture whose mesh stage has run as in a worker, and left the mesh, and things that are nobody's. */
async function withMesh(subjectId?: string): Promise<string> {
  const { unitOfWork, keyring, blobs } = api.app.get(Platform);
  const captureId = await api.as(party.token).submitted({ purpose: 'liveness', subjectId }, frames);
  const stages = new StageTransactions(unitOfWork, { checkAfterMs: 60_000 });
  const outputs = new SealedOutputs(unitOfWork, keyring, blobs, { orphanAfterMs: 60_000 });
  const input = await stages.begin({ v: 1, tenantId: party.tenantId, captureId, generation: 1 }, 'mesh');
  if (!input) throw new Error('The stage had nothing to do');
  const files = ['mesh.obj', 'probe', 'landmarks'].map((name) => ({ name, bytes: MESH }));
  const stored = await outputs.withKey(input, (key) => outputs.write(input, key, files));
  await stages.commit(input, 'mesh', { status: 'done', blobs: stored });
  return captureId;
}

it('are listed with type and size, and come whole, for download only', async () => {
  const id = await withMesh();
  const listed = await list(id);
  expect(listed.headers.get('cache-control')).toBe('no-store');
  expect(listed.body).toEqual({ items: [{ name: 'mesh.obj', mediaType: 'model/obj', bytes: MESH.length }] });
  const { status, headers, body } = await api.as(token).download(`/v1/captures/${id}/artifacts/mesh.obj`);
  expect(status).toBe(200);
  expect(Object.fromEntries(headers)).toMatchObject({
    'content-type': 'model/obj',
    'content-length': String(MESH.length),
    'content-disposition': `attachment; filename="${id}-mesh.obj"`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  expect(body.equals(MESH)).toBe(true);
});

it('of a subject are sealed under the key of the subject, and gone with it', async () => {
  const client = api.as(party.token);
  const subjectId = await client.consentingSubject();
  const id = await withMesh(subjectId);
  expect((await read(id)).status).toBe(200);
  await client.erase(subjectId);
  expect((await read(id)).code).toBe('capture_not_found');
  expect((await list(id)).code).toBe('capture_not_found');
});

it('leave a trace for each time one was read, and for what was refused', async () => {
  const id = await withMesh();
  await read(id);
  await read(id);
  await read(id, 'depth.png');
  const by = { actor_kind: 'client', actor_id: party.clientId };
  const event = { ...by, outcome: 'success', detail: { name: 'mesh.obj', bytes: MESH.length } };
  const refusal = { ...by, outcome: 'refused', detail: { code: 'artifact_not_found' } };
  expect(await events(id)).toEqual([event, event, refusal]);
});

it('are not handed out when there can be no trace', async () => {
  const id = await withMesh();
  await api.sql('ALTER TABLE audit_events RENAME COLUMN detail TO away');
  try {
    const { status, code, text } = await read(id);
    expect([status, code]).toEqual([500, 'internal']);
    expect(Buffer.from(text).includes(MESH.subarray(0, 8))).toBe(false);
  } finally {
    await api.sql('ALTER TABLE audit_events RENAME COLUMN away TO detail');
  }
});

it.each(['probe', 'landmarks', 'mesh', 'MESH.OBJ', 'constructor', '..%2Fprobe', 'mesh.obj%00', 'mesh.glb'])(
  '%s is no artifact of this capture, whatever lies beside it',
  async (name) => {
    const { status, code } = await read(await withMesh(), name);
    expect([status, code]).toEqual([404, 'artifact_not_found']);
  },
);

it('are none before their stage has run', async () => {
  const { id } = await api.as(party.token).create({ purpose: 'liveness' });
  expect((await list(id)).body).toEqual({ items: [] });
  expect((await read(id)).code).toBe('artifact_not_found');
});

it('are for the scope that names them, in the tenant they are of', async () => {
  const id = await withMesh();
  const others = await party.tokenWith('captures:read', 'captures:review', 'operations:read');
  expect((await read(id, 'mesh.obj', others)).code).toBe('insufficient_scope');
  const stranger = await api.relyingParty();
  for (const name of ['mesh.obj', 'depth.png', 'probe'])
    expect((await read(id, name, stranger.token)).code).toBe('capture_not_found');
  const refusals = (await events(id)).map(({ outcome, detail }) => [outcome, detail]);
  const foreign = ['refused', { code: 'capture_not_found' }];
  expect(refusals).toEqual([['refused', { code: 'insufficient_scope' }], foreign, foreign, foreign]);
});

it('are gone once retention has removed them, and unavailable while the store has lost them', async () => {
  const id = await withMesh();
  const { blobs } = api.app.get(Platform);
  await blobs.deletePrefix(`t/${party.tenantId}/c/${id}/`);
  const lost = await read(id);
  expect([lost.status, lost.code]).toEqual([503, 'unavailable']);
  expect(Number(lost.headers.get('retry-after'))).toBeGreaterThan(0);
  await new Fixtures(api).setState(id, 'decided');
  const expired = await read(id);
  expect([expired.status, expired.code]).toEqual([410, 'artifact_expired']);
  expect((await list(id)).body).toEqual({ items: [] });
});
