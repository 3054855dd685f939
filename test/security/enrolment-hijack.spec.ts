import { DEFAULT_CLIENT_SCOPES } from '#access';
import { Fixtures } from '../api/support/fixtures.js';
import { pictures } from '../api/support/pictures.js';
import { type RelyingParty, TestApi } from '../api/support/test-api.js';

const REASON = 'identity checked at the counter, ticket 4711';

let api: TestApi;
let party: RelyingParty;
let fixtures: Fixtures;
/** Verifies people and no more. */
let verifier: string;
/** The daily work of a relying party. */
let service: string;
let operator: string;
let subjectId: string;

beforeAll(async () => {
  api = await TestApi.start();
  party = await api.relyingParty();
  fixtures = new Fixtures(api);
  verifier = await party.tokenWith('captures:create', 'captures:submit', 'captures:read', 'subjects:read');
  service = await party.tokenWith(...DEFAULT_CLIENT_SCOPES);
  operator = await party.tokenWith('captures:create', 'enrolments:create', 'enrolments:override');
});
afterAll(() => api.close());
beforeEach(async () => {
  subjectId = await fixtures.enrolledSubject(party);
});

const enrol = (token: string, more: object = {}) =>
  api.call('POST', '/v1/captures', { token, json: { purpose: 'enrolment', subjectId, ...more } });
const remove = (token: string, referenceId: string) =>
  api.call('DELETE', `/v1/subjects/${subjectId}/references/${referenceId}`, { token });
const referenceId = async (): Promise<string> => {
  const [row] = await api.sql<{ id: string }>('SELECT id FROM subject_references WHERE subject_id = $1', [
    subjectId,
  ]);
  return row?.id as string;
};
const verification = () => fixtures.acceptedVerification(party, subjectId);

it.each([{}, { reference: 'additional' }, { reference: 'replacement' }])(
  'a client that may only verify cannot add a reference, not even on its own accepted verification (%o)',
  async (more) => {
    await verification();
    const { status, code, body } = await enrol(verifier, more);
    expect([status, code, body['detail']]).toEqual([
      403,
      'insufficient_scope',
      'Needs scope enrolments:create',
    ]);
  },
);

it.each(['additional', 'replacement'])(
  'a further reference (%s) needs an accepted verification: none, a rejected one and another subject’s do not do',
  async (reference) => {
    expect((await enrol(service)).code).toBe('already_enrolled');
    expect((await enrol(service, { reference })).code).toBe('recent_verification_required');
    const frames = await pictures(5);
    await fixtures.decide(await api.as(service).submitted({ purpose: 'verification', subjectId }, frames));
    expect((await enrol(service, { reference })).code).toBe('recent_verification_required');
    await verification();
    expect((await enrol(service, { reference })).status).toBe(201);
    subjectId = await fixtures.enrolledSubject(party);
    expect((await enrol(service, { reference })).code).toBe('recent_verification_required');
  },
);

it('an override needs its own scope and a reason, and the trail says who did it and why', async () => {
  const order = { reference: 'additional', overrideReason: REASON };
  const refused = await enrol(service, order);
  expect([refused.code, refused.body['detail']]).toEqual([
    'insufficient_scope',
    'Needs scope enrolments:override',
  ]);
  expect((await enrol(operator, { reference: 'additional', overrideReason: 'because' })).code).toBe(
    'validation_failed',
  );
  expect((await enrol(operator, { reference: 'additional' })).code).toBe('recent_verification_required');
  const { status, body } = await enrol(operator, order);
  expect(status).toBe(201);
  const events = await api.sql(
    `SELECT actor_id, detail FROM audit_events WHERE action = 'enrolment.overridden' AND target_id = $1`,
    [subjectId],
  );
  expect(events).toEqual([
    {
      actor_id: party.clientId,
      detail: { captureId: body['id'], reference: 'additional', reason: REASON },
    },
  ]);
});

it.each([
  ['overrideReason', { purpose: 'enrolment', overrideReason: REASON }],
  ['overrideReason', { purpose: 'verification', overrideReason: REASON }],
  ['reference', { purpose: 'verification', reference: 'additional' }],
  ['reference', { purpose: 'enrolment', reference: 'second' }],
])('%s does not go with %o', async (member, json) => {
  const answer = await api.call('POST', '/v1/captures', {
    token: party.token,
    json: { subjectId, ...json },
  });
  expect(answer.code).toBe('validation_failed');
  expect(answer.body['errors']).toEqual([expect.objectContaining({ member })]);
});

it('nor can a service make room for a first enrolment by deleting the references', async () => {
  for (const token of [verifier, service]) {
    const { code, body } = await remove(token, await referenceId());
    expect([code, body['detail']]).toEqual(['insufficient_scope', 'Needs scope enrolments:override']);
  }
  expect((await remove(operator, await referenceId())).status).toBe(204);
  const { body } = await api.call('GET', `/v1/subjects/${subjectId}/references`, { token: service });
  expect(body).toEqual({ items: [] });
});

it('another tenant cannot tell that there are references', async () => {
  const stranger = await api.relyingParty();
  const path = `/v1/subjects/${subjectId}/references`;
  expect((await api.call('GET', path, { token: stranger.token })).code).toBe('subject_not_found');
  expect((await remove(stranger.token, await referenceId())).code).toBe('subject_not_found');
});

it('the list of references says where each came from, and nothing of face or model', async () => {
  const { body } = await api.call('GET', `/v1/subjects/${subjectId}/references`, { token: verifier });
  const [item] = body['items'] as [Record<string, unknown>];
  expect(Object.keys(item).sort()).toEqual(['assurance', 'basis', 'captureId', 'createdAt', 'id']);
  expect(item).toMatchObject({ id: await referenceId(), assurance: 'supervised', basis: 'first' });
});
