import { rename } from 'node:fs/promises';
import { Passwords } from '#access';
import { DEFAULT_POLICY } from '#biometrics';
import { EventSubscriptions } from '#captures';
import { ERROR_CODES, type ErrorCode, ProblemError } from '#errors';
import { Board, enter } from './support/board.js';
import type { Answer } from './support/call.js';
import { Fixtures } from './support/fixtures.js';
import { createPerson, logIn, refresh } from './support/person.js';
import { pictures, pngBomb } from './support/pictures.js';
import { until } from '../support/wait.js';
import { type RelyingParty, TestApi } from './support/test-api.js';

/** Clients branch on these: a line may be added, none changed. */
const FROZEN: Record<ErrorCode, number> = {
  validation_failed: 400,
  upload_aborted: 400,
  unsupported_grant_type: 400,
  invalid_scope: 400,
  unauthenticated: 401,
  invalid_client: 401,
  invalid_credentials: 401,
  refresh_token_invalid: 401,
  page_code_invalid: 401,
  board_link_invalid: 401,
  board_session_required: 401,
  insufficient_scope: 403,
  scope_not_held: 403,
  origin_refused: 403,
  board_read_only: 403,
  consent_required: 403,
  not_found: 404,
  subject_not_found: 404,
  recent_verification_required: 403,
  user_not_found: 404,
  session_not_found: 404,
  consent_not_found: 404,
  reference_not_found: 404,
  capture_not_found: 404,
  artifact_not_found: 404,
  artifacts_not_kept: 404,
  policy_not_found: 404,
  simulation_not_found: 404,
  webhook_endpoint_not_found: 404,
  webhook_delivery_not_found: 404,
  client_not_found: 404,
  face_session_not_found: 404,
  user_name_taken: 409,
  last_admin: 409,
  not_enrolled: 409,
  already_enrolled: 409,
  policy_weaker: 409,
  label_not_applicable: 409,
  references_full: 409,
  reference_outdated: 409,
  capture_state_conflict: 409,
  submission_conflict: 409,
  client_name_taken: 409,
  verification_required: 409,
  verification_too_old: 409,
  verification_used: 409,
  job_not_failed: 409,
  idempotency_in_flight: 409,
  idempotency_answer_lost: 409,
  webhook_endpoint_limit: 409,
  webhook_endpoint_disabled: 409,
  capture_expired: 410,
  artifact_expired: 410,
  body_too_large: 413,
  frame_too_large: 413,
  unsupported_media_type: 415,
  password_refused: 422,
  frames_missing: 422,
  too_few_frames: 422,
  too_many_frames: 422,
  frame_too_many_pixels: 422,
  frame_is_heic: 422,
  frame_unreadable: 422,
  unexpected_part: 422,
  idempotency_key_reused: 422,
  webhook_url_refused: 422,
  capture_in_flight: 429,
  attempts_exhausted: 429,
  login_delayed: 429,
  rate_limited: 429,
  simulations_exhausted: 429,
  tenant_streams_exhausted: 429,
  internal: 500,
  login_busy: 503,
  overloaded: 503,
  event_streams_exhausted: 503,
  unavailable: 503,
};
const WITH_RETRY_AFTER: ErrorCode[] = [
  'idempotency_in_flight',
  'capture_in_flight',
  'attempts_exhausted',
  'login_delayed',
  'rate_limited',
  'simulations_exhausted',
  'tenant_streams_exhausted',
  'login_busy',
  'overloaded',
  'event_streams_exhausted',
  'unavailable',
];
const NOWHERE = '0199e8c8-0000-7000-8000-000000000000';
const BACKLOG = 20;

let api: TestApi;
let party: RelyingParty;
let fixtures: Fixtures;
let frames: Buffer[];

beforeAll(async () => {
  const env = {
    MAX_BACKLOG: String(BACKLOG),
    MAX_EVENT_STREAMS: '2',
    MAX_EVENT_STREAMS_PER_TENANT: '1',
    TOKEN_RATE_LIMIT_PER_MINUTE: '8',
    ARTIFACTS: 'false',
  };
  api = await TestApi.start({ env });
  party = await api.relyingParty();
  fixtures = new Fixtures(api);
  frames = await pictures(13);
});
afterAll(() => api.close());

const ask = (method: string, path: string, json?: unknown): Promise<Answer> =>
  api.call(method, path, { token: party.token, json });
const createFor = async (purpose: string, subjectId?: string): Promise<Answer> =>
  ask('POST', '/v1/captures', { purpose, subjectId });
const further = (subjectId: string): Promise<Answer> =>
  ask('POST', '/v1/captures', { purpose: 'enrolment', subjectId, reference: 'additional' });
const grant = (members: object): Promise<Answer> =>
  api.call('POST', '/v1/oauth/token', {
    json: {
      grant_type: 'client_credentials',
      client_id: party.clientId,
      client_secret: party.clientSecret,
      ...members,
    },
  });
async function submit(sent: readonly Uint8Array[], id?: string): Promise<Answer> {
  const captureId = id ?? (await api.as(party.token).started({ purpose: 'liveness' }));
  const body = new FormData();
  for (const bytes of sent) body.append('frames', new Blob([new Uint8Array(bytes)]), 'f.jpg');
  return api.call('POST', `/v1/captures/${captureId}/frames`, { token: party.token, body });
}
const openSession = (captureId: string) => ask('POST', '/v1/face-sessions', { captureId });
const verified = async () => fixtures.acceptedVerification(party, await fixtures.enrolledSubject(party));
async function raw(type: string, body: string): Promise<Answer> {
  const id = await api.as(party.token).started({ purpose: 'liveness' });
  return api.call('POST', `/v1/captures/${id}/frames`, {
    token: party.token,
    body,
    headers: { 'content-type': type },
  });
}

/** Asks for an event stream while streams of these tenants are open. */
async function followBeside(...tenants: string[]): Promise<Answer> {
  const { id } = await api.as(party.token).create({ purpose: 'liveness' });
  const streams = api.app.get(EventSubscriptions);
  const open = tenants.map((tenant) => streams.add(tenant, id, 0));
  const answer = await ask('GET', `/v1/captures/${id}/events`);
  for (const each of open) streams.remove(each);
  return answer;
}

const named = (key: string, json: unknown): Promise<Answer> =>
  api.call('POST', '/v1/captures', { token: party.token, json, headers: { 'idempotency-key': key } });

/** @returns the id of a webhook endpoint */
async function webhookEndpoint(): Promise<string> {
  const { body } = await ask('POST', '/v1/webhook-endpoints', { url: 'https://relying-party.example/' });
  return String(body['id']);
}

/** One way to each code; the type demands one for every code there is. */
const PROVOCATIONS: Record<ErrorCode, () => Promise<Answer>> = {
  validation_failed: () => createFor('nothing'),
  upload_aborted: () => raw('multipart/form-data; boundary=b', 'garbage'),
  unsupported_grant_type: () => grant({ grant_type: 'password' }),
  invalid_scope: () => grant({ scope: 'everything' }),
  unauthenticated: () => api.call('GET', `/v1/captures/${NOWHERE}`),
  invalid_client: () => grant({ client_secret: 'wrong' }),
  invalid_credentials: () => logIn(api, { tenant: 'none', name: 'nobody', password: 'wrong' }),
  refresh_token_invalid: () => refresh(api, `${NOWHERE}.${'x'.repeat(43)}`),
  page_code_invalid: () => ask('POST', '/v1/capture-credentials', { code: 'forged' }),
  board_link_invalid: () => enter(api, 'forged'),
  board_session_required: () => api.call('GET', '/queues/api/queues'),
  origin_refused: () => enter(api, 'forged', 'https://evil.example'),
  board_read_only: async () => (await Board.open(api)).send('PUT', '/api/queues/mesh/pause'),
  insufficient_scope: async () =>
    api.call('POST', '/v1/subjects', { token: await party.tokenWith('subjects:read') }),
  scope_not_held: async () =>
    api.call('POST', '/v1/clients', {
      token: await party.tokenWith('clients:write'),
      json: { name: 'too much', scopes: ['audit:read'] },
    }),
  consent_required: async () => createFor('enrolment', await api.as(party.token).subject()),
  not_found: () => ask('GET', '/v1/nothing'),
  subject_not_found: () => ask('GET', `/v1/subjects/${NOWHERE}`),
  consent_not_found: async () =>
    ask('DELETE', `/v1/subjects/${await api.as(party.token).subject()}/consents/${NOWHERE}`),
  user_not_found: () => ask('GET', `/v1/users/${NOWHERE}`),
  session_not_found: async () => {
    const { token } = await createPerson(api);
    return api.call('DELETE', `/v1/auth/sessions/${NOWHERE}`, { token });
  },
  user_name_taken: async () => {
    const { name } = await createPerson(api, { tenant: party.tenant });
    return ask('POST', '/v1/users', { name: name.toUpperCase(), roles: ['auditor'] });
  },
  last_admin: async () => {
    const { token, userId } = await createPerson(api);
    return api.call('PATCH', `/v1/users/${userId}`, { token, json: { disabled: true } });
  },
  password_refused: async () => {
    const { token, password } = await createPerson(api);
    const json = { currentPassword: password, newPassword: 'password12345678' };
    return api.call('POST', '/v1/auth/password', { token, json });
  },
  login_delayed: async () => {
    const person = await createPerson(api);
    await api.sql(`UPDATE login_backoff SET failures = 5, retry_at = now() + interval '1 minute'`);
    const answer = await logIn(api, person);
    await api.sql('DELETE FROM login_backoff');
    return answer;
  },
  login_busy: async () => {
    // What makes it so is shown where it is counted; here the limit on guesses comes first.
    const admit = jest.spyOn(Passwords.prototype, 'admit');
    admit.mockRejectedValueOnce(new ProblemError('login_busy'));
    return logIn(api, { tenant: 'none', name: 'nobody', password: 'wrong' });
  },
  capture_not_found: () => ask('GET', `/v1/captures/${NOWHERE}`),
  artifact_not_found: async () => {
    const { id } = await api.as(party.token).create({ purpose: 'liveness' });
    return ask('GET', `/v1/captures/${id}/artifacts/probe`);
  },
  artifacts_not_kept: async () => {
    const { id } = await api.as(party.token).create({ purpose: 'liveness' });
    return ask('GET', `/v1/captures/${id}/artifacts/mesh.glb`);
  },
  client_not_found: () => ask('GET', `/v1/clients/${NOWHERE}`),
  face_session_not_found: () => ask('DELETE', `/v1/face-sessions/${NOWHERE}`),
  client_name_taken: () => ask('POST', '/v1/clients', { name: 'test', scopes: [] }),
  verification_required: async () =>
    openSession((await api.as(party.token).create({ purpose: 'liveness' })).id),
  verification_too_old: async () => {
    const id = await verified();
    await api.sql(`UPDATE decisions SET decided_at = now() - interval '1 hour' WHERE capture_id = $1`, [id]);
    return openSession(id);
  },
  verification_used: async () => {
    const id = await verified();
    await openSession(id);
    return openSession(id);
  },
  artifact_expired: async () => {
    const { id } = await api.as(party.token).create({ purpose: 'liveness' });
    await fixtures.artifact(id, 'mesh', 'mesh.glb');
    await fixtures.setState(id, 'decided');
    return ask('GET', `/v1/captures/${id}/artifacts/mesh.glb`);
  },
  policy_not_found: () => ask('GET', '/v1/policies/4711'),
  simulation_not_found: () => ask('GET', `/v1/policy-simulations/${NOWHERE}`),
  policy_weaker: async () => {
    const { body } = await ask('POST', '/v1/policies', { changes: { comparisonThreshold: 0.1 } });
    return ask('POST', `/v1/policies/${String(body['version'])}/activate`, {});
  },
  label_not_applicable: async () => {
    const { id } = await api.as(party.token).create({ purpose: 'liveness' });
    await fixtures.decide(id);
    await api.sql('UPDATE decisions SET score = NULL WHERE capture_id = $1', [id]);
    return ask('POST', `/v1/captures/${id}/label`, { label: 'mated' });
  },
  simulations_exhausted: async () => {
    await ask('POST', '/v1/policies/0/simulate', {});
    return ask('POST', '/v1/policies/0/simulate', {});
  },
  webhook_endpoint_not_found: () => ask('GET', `/v1/webhook-endpoints/${NOWHERE}`),
  webhook_delivery_not_found: async () =>
    ask('POST', `/v1/webhook-endpoints/${await webhookEndpoint()}/deliveries/${NOWHERE}/redeliver`),
  webhook_endpoint_disabled: async () => {
    const path = `/v1/webhook-endpoints/${await webhookEndpoint()}`;
    await ask('PATCH', path, { state: 'disabled' });
    return ask('POST', `${path}/deliveries/${NOWHERE}/redeliver`);
  },
  webhook_endpoint_limit: async () => {
    const { token } = await api.relyingParty();
    for (;;) {
      const json = { url: 'https://relying-party.example/' };
      const answer = await api.call('POST', '/v1/webhook-endpoints', { token, json });
      if (answer.status !== 201) return answer;
    }
  },
  webhook_url_refused: () => ask('POST', '/v1/webhook-endpoints', { url: 'https://127.0.0.1/' }),
  idempotency_key_reused: async () => {
    await named('reused', { purpose: 'liveness' });
    return named('reused', { purpose: 'liveness', relyingPartyNonce: 'another-one' });
  },
  idempotency_in_flight: async () => {
    await named('in-flight', { purpose: 'liveness' });
    await api.sql('UPDATE idempotency_keys SET sealed_answer = NULL, wrapped_key = NULL');
    return named('in-flight', { purpose: 'liveness' });
  },
  idempotency_answer_lost: async () => {
    await named('lost', { purpose: 'liveness' });
    await api.sql(
      'UPDATE idempotency_keys SET sealed_answer = NULL, wrapped_key = NULL, leased_until = now()',
    );
    return named('lost', { purpose: 'liveness' });
  },
  not_enrolled: async () => createFor('verification', await api.as(party.token).consentingSubject()),
  recent_verification_required: async () => further(await fixtures.enrolledSubject(party)),
  reference_not_found: async () =>
    ask('DELETE', `/v1/subjects/${await api.as(party.token).subject()}/references/${NOWHERE}`),
  references_full: async () => {
    const subjectId = await fixtures.enrolledSubject(party);
    for (let more = 1; more < DEFAULT_POLICY.enrolment.maxReferences; more++)
      await fixtures.reference(party, subjectId);
    return further(subjectId);
  },
  reference_outdated: async () => {
    await fixtures.workerWith('model', '1');
    const subjectId = await fixtures.enrolledSubject(party, { modelId: 'retired@1' });
    return until(async () => {
      const answer = await createFor('verification', subjectId);
      return answer.code === 'reference_outdated' ? answer : undefined;
    });
  },
  already_enrolled: async () => createFor('enrolment', await fixtures.enrolledSubject(party)),
  capture_state_conflict: async () =>
    submit(frames.slice(0, 5), (await api.as(party.token).create({ purpose: 'liveness' })).id),
  submission_conflict: async () => {
    const id = await api.as(party.token).submitted({ purpose: 'liveness' }, frames.slice(0, 5));
    return submit(frames.slice(5, 10), id);
  },
  job_not_failed: async () =>
    (await Board.open(api, { reDrive: true })).send('PUT', '/api/queues/mesh/none/retry'),
  capture_expired: async () => {
    const { id } = await api.as(party.token).create({ purpose: 'liveness' });
    await fixtures.setState(id, 'expired');
    return ask('POST', `/v1/captures/${id}/start`);
  },
  body_too_large: () => ask('POST', '/v1/captures', { purpose: 'x'.repeat(100_000) }),
  frame_too_large: () => submit([Buffer.alloc(3_000_000)]),
  unsupported_media_type: () => raw('application/json', '{}'),
  frames_missing: () => raw('multipart/form-data; boundary=b', '--b--\r\n'),
  too_few_frames: () => submit(frames.slice(0, 4)),
  too_many_frames: () => submit(frames.slice(0, 13)),
  frame_too_many_pixels: () => submit([pngBomb(30_000, 30_000)]),
  frame_is_heic: () => submit([Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic')]),
  frame_unreadable: () => submit([Buffer.from('text')]),
  unexpected_part: async () => {
    const id = await api.as(party.token).started({ purpose: 'liveness' });
    const body = new FormData();
    body.append('frames', 'text');
    return api.call('POST', `/v1/captures/${id}/frames`, { token: party.token, body });
  },
  capture_in_flight: async () => {
    const subjectId = await fixtures.enrolledSubject(party);
    const client = api.as(party.token);
    await client.submitted({ purpose: 'verification', subjectId }, frames.slice(0, 5));
    return submit(frames.slice(5, 10), await client.started({ purpose: 'verification', subjectId }));
  },
  attempts_exhausted: async () => {
    const subjectId = await fixtures.enrolledSubject(party, { failures: 5 });
    return ask('POST', '/v1/captures', { purpose: 'verification', subjectId });
  },
  rate_limited: async () => {
    for (;;) {
      const answer = await ask('POST', '/v1/capture-credentials', { code: 'guess' });
      if (answer.status !== 401) return answer;
    }
  },
  tenant_streams_exhausted: () => followBeside(party.tenantId),
  internal: async () => {
    await api.sql('ALTER TABLE consents RENAME COLUMN notice_version TO secret_column');
    try {
      const subjectId = await api.as(party.token).subject();
      return await ask('POST', `/v1/subjects/${subjectId}/consents`, {
        purpose: 'liveness',
        noticeVersion: 'notice-7',
      });
    } finally {
      await api.sql('ALTER TABLE consents RENAME COLUMN secret_column TO notice_version');
    }
  },
  overloaded: async () => {
    const client = api.as(party.token);
    const waiting: string[] = [];
    for (let i = 0; i < BACKLOG; i++) waiting.push((await client.create({ purpose: 'liveness' })).id);
    for (const id of waiting) await fixtures.setState(id, 'submitted');
    const answer = await submit(frames.slice(0, 5));
    for (const id of waiting) await client.cancel(id);
    return answer;
  },
  event_streams_exhausted: () => followBeside('one', 'another'),
  unavailable: async () => {
    const id = await api.as(party.token).started({ purpose: 'liveness' });
    const away = `${api.config.BLOB_DIR}.away`;
    await rename(api.config.BLOB_DIR, away);
    try {
      return await submit(frames.slice(0, 5), id);
    } finally {
      await rename(away, api.config.BLOB_DIR);
    }
  },
};

it('the table of codes is the frozen one', () => {
  expect(Object.fromEntries(Object.entries(ERROR_CODES).map(([code, { status }]) => [code, status]))).toEqual(
    FROZEN,
  );
  const passing = Object.keys(FROZEN).filter((code) => 'retryAfterSeconds' in ERROR_CODES[code as ErrorCode]);
  expect(passing).toEqual(WITH_RETRY_AFTER);
});

it.each(Object.keys(FROZEN) as ErrorCode[])('%s comes as problem details', async (code) => {
  const { status, headers, body, text } = await PROVOCATIONS[code]();
  const { title, next } = ERROR_CODES[code];
  expect([body['code'], status]).toEqual([code, FROZEN[code]]);
  expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(body).toMatchObject({ type: `urn:secure-biometric:problem:${code}`, title, next, status });
  expect(body['errorId']).toBe(headers.get('x-request-id'));
  const known = ['type', 'title', 'status', 'code', 'detail', 'next', 'errorId', 'errors'];
  expect(Object.keys(body).filter((member) => !known.includes(member))).toEqual([]);
  expect(headers.has('retry-after')).toBe(WITH_RETRY_AFTER.includes(code));
  expect(headers.has('www-authenticate')).toBe(status === 401);
  expect(text).not.toMatch(/stack|node_modules|SELECT|INSERT|secret_column|consents"|ENOENT|\/tmp\//);
});

it('names an occurrence by the id the caller gave, unless that is unfit for a log', async () => {
  const idOf = async (header: string) =>
    (await api.call('GET', '/nope', { headers: { 'x-request-id': header } })).body['errorId'];
  expect(await idOf('my-request.17')).toBe('my-request.17');
  for (const unfit of ['short', 'x'.repeat(101), 'with space', '{"level":60}', '"><script>'])
    expect(await idOf(unfit)).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
});
