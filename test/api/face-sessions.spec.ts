import type { Answer } from './support/call.js';
import { Fixtures } from './support/fixtures.js';
import { type RelyingParty, TestApi } from './support/test-api.js';

const NOWHERE = '0199e8c8-0000-7000-8000-000000000000';
const IDLE_S = 900;
const TTL_S = 43_200;

let api: TestApi;
let party: RelyingParty;
let fixtures: Fixtures;

beforeAll(async () => {
  api = await TestApi.start();
  party = await api.relyingParty();
  fixtures = new Fixtures(api);
});
afterAll(() => api.close());

const ask = (method: string, path: string, json?: unknown, token = party.token): Promise<Answer> =>
  api.call(method, `/v1/face-sessions${path}`, { token, json });
const open = (captureId: string, token?: string) => ask('POST', '', { captureId }, token);
const introspect = async (token: unknown, bearer = party.token) =>
  (await ask('POST', '/introspect', { token }, bearer)).body;
const trail = (id: string) =>
  api.sql<{ action: string; outcome: string; detail: Record<string, unknown> }>(
    `SELECT action, outcome, detail FROM audit_events WHERE target_id = $1 AND tenant_id = $2 AND action LIKE 'face_session.%'
     ORDER BY occurred_at`,
    [id, party.tenantId],
  );
async function opened(nonce?: string) {
  const subjectId = await fixtures.enrolledSubject(party);
  const captureId = await fixtures.acceptedVerification(party, subjectId, nonce);
  const answer = await open(captureId);
  expect(answer.status).toBe(201);
  const { id, token } = answer.body as { id: string; token: string };
  return { id, token, subjectId, captureId, answer };
}
const seconds = (moment: unknown) => Math.floor(new Date(moment as string).getTime() / 1_000);

it('opens on an accepted verification, with a token that is shown once and stored as a hash', async () => {
  const { id, token, subjectId, captureId, answer } = await opened();
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.body).toEqual({
    id,
    token,
    subjectId,
    idleExpiresAt: expect.any(String) as string,
    expiresAt: expect.any(String) as string,
  });
  expect(token).toMatch(/^[\w-]{43}$/);
  expect(Math.abs(seconds(answer.body['idleExpiresAt']) - Date.now() / 1_000 - IDLE_S)).toBeLessThan(60);
  expect(Math.abs(seconds(answer.body['expiresAt']) - Date.now() / 1_000 - TTL_S)).toBeLessThan(60);
  const [row] = await api.sql('SELECT * FROM face_sessions WHERE id = $1', [id]);
  expect(JSON.stringify(row)).not.toContain(token);
  expect(await trail(id)).toEqual([
    {
      action: 'face_session.opened',
      outcome: 'success',
      detail: { subjectId, captureId, padLevel: 'challenge', assurance: 'supervised' },
    },
  ]);
});

it('says in the words of RFC 7662 who was verified, when and how', async () => {
  const { id, token, subjectId, captureId } = await opened('order-2026-17');
  const [decision] = await api.sql<{ at: Date }>(
    'SELECT decided_at AS at FROM decisions WHERE capture_id = $1',
    [captureId],
  );
  const byForm = await api.call('POST', '/v1/face-sessions/introspect', {
    token: party.token,
    body: new URLSearchParams({ token, token_type_hint: 'face_session' }),
  });
  expect(byForm.headers.get('cache-control')).toBe('no-store');
  expect(byForm.body).toEqual({
    active: true,
    token_type: 'face_session',
    iss: 'secure-biometric',
    sub: subjectId,
    client_id: party.clientId,
    jti: id,
    iat: expect.any(Number) as number,
    exp: expect.any(Number) as number,
    idle_exp: expect.any(Number) as number,
    auth_time: seconds(decision?.at),
    amr: ['face'],
    nonce: 'order-2026-17',
    pad_level: 'challenge',
    enrolment_assurance: 'supervised',
  });
  const { iat, exp } = byForm.body as { iat: number; exp: number };
  expect(exp - iat).toBe(TTL_S);
  expect(await introspect((await opened()).token)).not.toHaveProperty('nonce');
  expect((await trail(id)).map(({ action }) => action)).toEqual([
    'face_session.opened',
    'face_session.introspected',
  ]);
});

describe('is refused', () => {
  const expectRefused = async (captureId: string, status: number, code: string) => {
    const answer = await open(captureId);
    expect([answer.status, answer.code]).toEqual([status, code]);
    const [last] = (await trail(captureId)).slice(-1);
    expect(last).toEqual({ action: 'face_session.refused', outcome: 'refused', detail: { code } });
    const rows = await api.sql('SELECT 1 FROM face_sessions WHERE capture_id = $1', [captureId]);
    return rows.length;
  };

  it('on a capture that was not accepted, is not decided, or served another purpose', async () => {
    const subjectId = await fixtures.enrolledSubject(party);
    const client = api.as(party.token);
    const undecided = await client.started({ purpose: 'verification', subjectId });
    const rejected = await client.started({ purpose: 'verification', subjectId });
    await fixtures.decide(rejected);
    const liveness = (await client.create({ purpose: 'liveness', subjectId })).id;
    await api.sql(
      `INSERT INTO decisions (capture_id, tenant_id, outcome, reason, code, pad_level, required_pad_level, threshold, policy_version)
       SELECT id, tenant_id, 'accepted', 'accepted', 'accepted', 'challenge', 'challenge', 0.55, 0 FROM captures WHERE id = $1`,
      [liveness],
    );
    await fixtures.setState(liveness, 'decided');
    const cancelled = await fixtures.acceptedVerification(party, subjectId);
    await fixtures.setState(cancelled, 'cancelled');
    for (const id of [undecided, rejected, liveness, cancelled])
      expect(await expectRefused(id, 409, 'verification_required')).toBe(0);
  });

  it('a second time, even when the first session has ended', async () => {
    const { id, captureId } = await opened();
    expect(await expectRefused(captureId, 409, 'verification_used')).toBe(1);
    await ask('DELETE', `/${id}`);
    expect(await expectRefused(captureId, 409, 'verification_used')).toBe(1);
  });

  it('when the decision is too long ago', async () => {
    const captureId = await fixtures.acceptedVerification(party, await fixtures.enrolledSubject(party));
    await api.sql(`UPDATE decisions SET decided_at = now() - interval '301 seconds' WHERE capture_id = $1`, [
      captureId,
    ]);
    expect(await expectRefused(captureId, 409, 'verification_too_old')).toBe(0);
  });

  it('without consent or reference', async () => {
    const subjectId = await fixtures.enrolledSubject(party);
    const captureId = await fixtures.acceptedVerification(party, subjectId);
    await api.sql('DELETE FROM subject_references WHERE subject_id = $1', [subjectId]);
    expect(await expectRefused(captureId, 409, 'not_enrolled')).toBe(0);
    await api.sql('UPDATE consents SET withdrawn_at = now() WHERE subject_id = $1', [subjectId]);
    expect(await expectRefused(captureId, 403, 'consent_required')).toBe(0);
  });

  it('on what is not there, or is of another tenant', async () => {
    const captureId = await fixtures.acceptedVerification(party, await fixtures.enrolledSubject(party));
    const stranger = await api.relyingParty();
    for (const answer of [await open(NOWHERE), await open(captureId, stranger.token)])
      expect([answer.status, answer.code]).toEqual([404, 'capture_not_found']);
    expect((await open(captureId)).status).toBe(201);
    const kept = await api.sql(
      `SELECT action, outcome FROM audit_events WHERE tenant_id = $1 AND detail->>'code' = 'capture_not_found'`,
      [stranger.tenantId],
    );
    expect(kept).toEqual([{ action: 'face_session.opened', outcome: 'refused' }]);
  });
});

it('of 16 who open one at the same time exactly one does', async () => {
  for (let round = 0; round < 3; round++) {
    const captureId = await fixtures.acceptedVerification(party, await fixtures.enrolledSubject(party));
    const answers = await Promise.all(Array.from({ length: 16 }, () => open(captureId)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ code }) => code === 'verification_used')).toHaveLength(15);
    expect(await api.sql('SELECT 1 FROM face_sessions WHERE capture_id = $1', [captureId])).toHaveLength(1);
  }
});

describe('is inactive, and says nothing else,', () => {
  const INACTIVE = { active: false };
  const due = (id: string, column: string) =>
    api.sql(`UPDATE face_sessions SET ${column} = now(), ends_at = now() WHERE id = $1`, [id]);

  it('for a token that never was, and for another tenant', async () => {
    const { token } = await opened();
    expect(await introspect('q3mZ8vXk1Lr5Tn9wYp2Hs7Jd4Fg6Bc0AeUiOyRtEwQx')).toEqual(INACTIVE);
    expect(await introspect(`${token}x`)).toEqual(INACTIVE);
    expect(await introspect(token, (await api.relyingParty()).token)).toEqual(INACTIVE);
    expect(await introspect(token)).toMatchObject({ active: true });
    const refused = await api.sql(
      `SELECT 1 FROM audit_events WHERE action = 'face_session.introspected' AND outcome = 'refused' AND target_id IS NULL`,
    );
    expect(refused).toHaveLength(3);
  });

  it('when it was ended, and ending twice is no error', async () => {
    const { id, token, subjectId } = await opened();
    expect((await ask('DELETE', `/${id}`, undefined, (await api.relyingParty()).token)).code).toBe(
      'face_session_not_found',
    );
    for (let times = 0; times < 2; times++) expect((await ask('DELETE', `/${id}`)).status).toBe(204);
    expect(await introspect(token)).toEqual(INACTIVE);
    expect((await trail(id)).slice(1)).toEqual([
      { action: 'face_session.ended', outcome: 'success', detail: { reason: 'requested', subjectId } },
    ]);
  });

  it.each([
    ['was idle too long', 'ends_at'],
    ['ran out', 'expires_at'],
  ])('when it %s', async (_how, column) => {
    const { id, token } = await opened();
    await due(id, column === 'ends_at' ? 'created_at' : column);
    expect(await introspect(token)).toEqual(INACTIVE);
  });

  it('when consent to verification is withdrawn, and to nothing else', async () => {
    const { id, token, subjectId } = await opened();
    const consents = await api.call('GET', `/v1/subjects/${subjectId}/consents`, { token: party.token });
    const withdraw = async (purpose: string) => {
      const items = consents.body['items'] as { id: string; purpose: string }[];
      const consent = items.find((each) => each.purpose === purpose) as { id: string };
      await api.as(party.token).withdraw(subjectId, consent.id);
    };
    await withdraw('enrolment');
    expect(await introspect(token)).toMatchObject({ active: true });
    await withdraw('verification');
    expect(await introspect(token)).toEqual(INACTIVE);
    expect((await trail(id)).at(-1)).toEqual({
      action: 'face_session.ended',
      outcome: 'success',
      detail: { reason: 'consent_withdrawn', subjectId },
    });
    await api.as(party.token).consent(subjectId, 'verification');
    expect(await introspect(token)).toEqual(INACTIVE);
  });

  it('when a reference is deleted', async () => {
    const { id, token, subjectId } = await opened();
    await fixtures.reference(party, subjectId);
    const path = `/v1/subjects/${subjectId}/references`;
    const { body } = await api.call('GET', path, { token: party.token });
    const [first] = body['items'] as { id: string }[];
    const removed = await api.call('DELETE', `${path}/${first?.id}`, { token: party.token });
    expect(removed.status).toBe(204);
    expect(await introspect(token)).toEqual(INACTIVE);
    expect((await trail(id)).at(-1)).toEqual({
      action: 'face_session.ended',
      outcome: 'success',
      detail: { reason: 'reference_deleted', subjectId },
    });
  });

  it('when the subject is erased', async () => {
    const { id, token, subjectId } = await opened();
    await api.as(party.token).erase(subjectId);
    expect(await introspect(token)).toEqual(INACTIVE);
    expect(await api.sql('SELECT 1 FROM face_sessions WHERE id = $1', [id])).toEqual([]);
    expect((await ask('DELETE', `/${id}`)).code).toBe('face_session_not_found');
  });
});

it('lasts as long as it is used, but not beyond its end', async () => {
  const { id, token } = await opened();
  await api.sql(`UPDATE face_sessions SET ends_at = now() + interval '1 minute' WHERE id = $1`, [id]);
  const used = await introspect(token);
  expect(Number(used['idle_exp']) - Date.now() / 1_000).toBeGreaterThan(IDLE_S - 60);
  await api.sql(
    `UPDATE face_sessions SET ends_at = now() + interval '1 minute', expires_at = now() + interval '2 minutes' WHERE id = $1`,
    [id],
  );
  const last = await introspect(token);
  expect(last['idle_exp']).toBe(last['exp']);
});
