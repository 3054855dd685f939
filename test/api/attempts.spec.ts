import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedis } from '#supervisor';
import { Fixtures } from './support/fixtures.js';
import { pictures } from './support/pictures.js';
import { type RelyingParty, TestApi } from './support/test-api.js';

let api: TestApi;
let party: RelyingParty;
let fixtures: Fixtures;

beforeAll(async () => {
  api = await TestApi.start();
  party = await api.relyingParty();
  fixtures = new Fixtures(api);
});
afterAll(() => api.close());

const read = (id: string) => api.call('GET', `/v1/subjects/${id}/attempts`, { token: party.token });

it('are read and given back, by different scopes', async () => {
  const id = await fixtures.enrolledSubject(party, { failures: 5 });
  expect((await read(id)).body).toMatchObject({
    subjectId: id,
    failuresLeft: 0,
    inconclusiveLeft: 10,
    consecutiveFailures: 5,
    disabled: false,
    inFlight: false,
    retryAt: expect.any(String) as string,
  });
  const token = await party.tokenWith('attempts:reset');
  const reset = (json: object) => api.call('POST', `/v1/subjects/${id}/attempts/reset`, { token, json });
  for (const json of [{}, { reason: 'because' }, { reason: 'other_factor', name: 'Ann' }])
    expect((await reset(json)).code).toBe('validation_failed');
  const { status, body } = await reset({ reason: 'other_factor' });
  expect(status).toBe(200);
  expect(body).toMatchObject({ failuresLeft: 5, consecutiveFailures: 0, retryAt: null });
  expect(await api.as(party.token).create({ purpose: 'verification', subjectId: id })).toBeDefined();
});

it('exhausted while the camera was on refuse the frames, and say when to come again', async () => {
  const subjectId = await fixtures.enrolledSubject(party, { failures: 4 });
  const client = api.as(party.token);
  const captureId = await client.started({ purpose: 'verification', subjectId });
  await api.sql('UPDATE subject_attempts SET failures = 5, consecutive_failures = 5 WHERE subject_id = $1', [
    subjectId,
  ]);
  const { status, body, headers } = await client.sendFrames(captureId, await pictures(5));
  expect([status, body.code]).toEqual([429, 'attempts_exhausted']);
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(600);
  expect((await api.footprint()).frames).toEqual([]);
});

it('are no other tenant’s business', async () => {
  const id = await fixtures.enrolledSubject(party, { failures: 5 });
  const stranger = (await api.relyingParty()).token;
  expect((await api.call('GET', `/v1/subjects/${id}/attempts`, { token: stranger })).code).toBe(
    'subject_not_found',
  );
});

(process.env['TEST_REDIS_URL'] ? it : it.skip)('hold with Redis stopped', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'sb-attempts-'));
  let redis = await startRedis({ dir });
  const { port } = redis;
  const own = await TestApi.start({ env: { REDIS_URL: redis.url } });
  try {
    const ownParty = await own.relyingParty();
    const subjectId = await new Fixtures(own).enrolledSubject(ownParty, { failures: 4 });
    const client = own.as(ownParty.token);
    const captureId = await client.started({ purpose: 'verification', subjectId });
    await redis.stop();
    await own.sql(
      'UPDATE subject_attempts SET failures = 5, consecutive_failures = 5 WHERE subject_id = $1',
      [subjectId],
    );
    expect((await client.sendFrames(captureId, await pictures(5))).body.code).toBe('attempts_exhausted');
    const json = { purpose: 'verification', subjectId };
    const create = () => own.call('POST', '/v1/captures', { token: ownParty.token, json });
    expect((await create()).code).toBe('attempts_exhausted');
    await own.sql('DELETE FROM subject_attempts WHERE subject_id = $1', [subjectId]);
    expect((await create()).status).toBe(201);
  } finally {
    // Its connections end in order only with a server to say goodbye to.
    redis = await startRedis({ dir, port });
    await own.close();
    await redis.stop();
    await rm(dir, { recursive: true, force: true });
  }
});
