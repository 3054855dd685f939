import { STAGES } from '#queue';
import type { Answer } from '../api/support/call.js';
import { Fixtures } from '../api/support/fixtures.js';
import { pictures } from '../api/support/pictures.js';
import { type RelyingParty, TestApi } from '../api/support/test-api.js';

/** Every member that may be seen without the scope captures:review, by its path; one more has to be written down here. */
const CAPTURE = [
  'id',
  'purpose',
  'subjectId',
  'state',
  'createdAt',
  'expiresAt',
  'submitBy',
  'submittedAt',
  'decision',
  'decision.outcome',
  'decision.code',
  'decision.guidance',
  'decision.padLevel',
  'decision.policyVersion',
  'decision.decidedAt',
];
const STAGE = [
  'stage',
  'status',
  'queuedAt',
  'startedAt',
  'finishedAt',
  'attempts',
  'waitMs',
  'durationMs',
].map((member) => `stages[].${member}`);
const REVIEW = [
  'reason',
  'score',
  'threshold',
  'comparisons',
  'duplicateCheck',
  'duplicates',
  'requiredPadLevel',
  'models',
  'gates',
  'padThresholds',
  'signals',
];

/** Of a comparison. */
const REFERENCE = '0199e8c8-0000-7000-8000-0000deadbeef';

/** What was planted where only a reviewer may look. */
const SECRETS =
  /no_match|deadbeef|duplicate|comparison|0\.4242|0\.5555|0\.4343|0\.6161|0\.7171|planted|score|threshold|signal|gate|reason|sharpness|model|homography/i;

let api: TestApi;
let party: RelyingParty;
let id: string;
let credential: string;

beforeAll(async () => {
  api = await TestApi.start();
  party = await api.relyingParty();
  const client = api.as(party.token);
  const created = await client.create({ purpose: 'liveness' });
  id = created.id;
  const exchanged = await api.call('POST', '/v1/capture-credentials', { json: { code: created.pageCode } });
  credential = String(exchanged.body['credential']);
  await client.start(id);
  await client.submit(id, await pictures(5));
  await new Fixtures(api).decide(id);
  await api.sql(
    `UPDATE decisions SET signals = '{"homographyResidual": 0.6161}', gates = '{"homography": "planted"}',
       thresholds = '{"minHomographyResidual": 0.7171}', models = '[{"id": "planted", "version": "1", "sha256": "00"}]',
       comparisons = '[{"referenceId": "${REFERENCE}", "score": 0.4242}]', duplicate_check = 'found'`,
  );
});
afterAll(() => api.close());

/** The paths of all members; elements of a list share one. */
function members(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap((each) => members(each, `${path}[]`)))];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => {
    const own = path ? `${path}.${key}` : key;
    return [own, ...members(each, own)];
  });
}

async function get(path: string, token: string): Promise<Answer> {
  const answer = await api.call('GET', path, { token });
  expect(answer.status).toBe(200);
  return answer;
}

function expectOnly({ body, text }: Answer, visible: readonly string[]): void {
  expect(members(body).sort()).toEqual([...visible].sort());
  expect(text).not.toMatch(SECRETS);
}

it.each(['', '?wait=20'])('an integrator sees the decision and nothing to climb along%s', async (query) => {
  const answer = await get(`/v1/captures/${id}${query}`, await party.tokenWith('captures:read'));
  expectOnly(answer, [...CAPTURE, 'stages', ...STAGE]);
  expect((answer.body['stages'] as unknown[]).length).toBe(STAGES.length);
});

it('nor does the holder of a capture credential', async () => {
  const answer = await get(`/v1/captures/${id}?wait=20`, credential);
  expectOnly(answer, [...CAPTURE, 'stages', ...STAGE]);
});

it('nor is there more in a list, even for a reviewer', async () => {
  for (const token of [await party.tokenWith('captures:read'), party.token]) {
    const items = CAPTURE.map((member) => `items[].${member}`);
    expectOnly(await get('/v1/captures', token), ['items', 'nextCursor', ...items]);
  }
});

it('nor among artifacts and in refusals of them', async () => {
  const token = await party.tokenWith('artifacts:read');
  expectOnly(await get(`/v1/captures/${id}/artifacts`, token), ['items']);
  const refused = await api.call('GET', `/v1/captures/${id}/artifacts/probe`, { token });
  expect(refused.text).not.toMatch(SECRETS);
});

it('a reviewer sees all of it', async () => {
  const token = await party.tokenWith('captures:read', 'captures:review');
  const { body } = await get(`/v1/captures/${id}`, token);
  expect(Object.keys(body['review'] as object).sort()).toEqual([...REVIEW].sort());
  expect(body['review']).toMatchObject({
    reason: 'no_match',
    score: 0.4242,
    threshold: 0.5555,
    comparisons: [{ referenceId: REFERENCE, score: 0.4242 }],
    duplicateCheck: 'found',
    duplicates: [],
    gates: { homography: 'planted' },
    padThresholds: { minHomographyResidual: 0.7171 },
    signals: { extraction: { sharpness: 0.4343 } },
  });
});
