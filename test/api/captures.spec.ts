import { ACTIONS } from '#biometrics';
import { Fixtures } from './support/fixtures.js';
import { pictures } from './support/pictures.js';
import { type RelyingParty, TestApi } from './support/test-api.js';

const NOWHERE = '0199e8c8-0000-7000-8000-000000000000';
const AT_ONCE = 16;

let api: TestApi;
let party: RelyingParty;
let fixtures: Fixtures;

beforeAll(async () => {
  api = await TestApi.start();
  party = await api.relyingParty();
  fixtures = new Fixtures(api);
});
afterAll(() => api.close());

const create = (json: unknown) => api.call('POST', '/v1/captures', { token: party.token, json });
const atOnce = <T>(deed: () => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: AT_ONCE }, deed));

describe('creation', () => {
  it.each([
    ['no purpose', {}, 'purpose'],
    ['an unknown purpose', { purpose: 'identification' }, 'purpose'],
    ['a purpose that is a list', { purpose: ['liveness'] }, 'purpose'],
    ['no subject for an enrolment', { purpose: 'enrolment' }, 'subjectId'],
    ['no subject for a verification', { purpose: 'verification' }, 'subjectId'],
    ['a subject that is no id', { purpose: 'liveness', subjectId: '1' }, 'subjectId'],
    ['a subject that is an object', { purpose: 'liveness', subjectId: { id: NOWHERE } }, 'subjectId'],
    ['an unknown member', { purpose: 'liveness', policyVersion: 9 }, 'policyVersion'],
    ['the state', { purpose: 'liveness', state: 'decided' }, 'state'],
    ['the tenant', { purpose: 'liveness', tenantId: NOWHERE }, 'tenantId'],
    ['an unknown assurance', { purpose: 'liveness', assurance: 'very' }, 'assurance'],
    ['a flash that is a word', { purpose: 'liveness', flash: 'yes' }, 'flash'],
    ['a short nonce', { purpose: 'liveness', relyingPartyNonce: 'short' }, 'relyingPartyNonce'],
    ['a long nonce', { purpose: 'liveness', relyingPartyNonce: 'x'.repeat(201) }, 'relyingPartyNonce'],
    ['a nonce with NUL', { purpose: 'liveness', relyingPartyNonce: 'nonce\u0000nonce' }, 'relyingPartyNonce'],
    ['a nonce that is a number', { purpose: 'liveness', relyingPartyNonce: 12_345_678 }, 'relyingPartyNonce'],
  ])('with %s is refused by the name of the member', async (_what, json, member) => {
    const { status, code, body } = await create(json);
    expect([status, code]).toEqual([400, 'validation_failed']);
    expect(body['errors']).toEqual(expect.arrayContaining([expect.objectContaining({ member })]));
  });

  it.each([
    '[]',
    '[{"purpose":"liveness"}]',
    '"liveness"',
    '1',
    'null',
    '',
    '{',
    '{"__proto__":{"purpose":"liveness"}}',
  ])('with the body %s is refused', async (body) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await api.call('POST', '/v1/captures', { token: party.token, body, headers });
    expect([answer.status, answer.code]).toEqual([400, 'validation_failed']);
  });

  it('refuses before a camera is switched on what cannot succeed', async () => {
    const client = api.as(party.token);
    expect((await create({ purpose: 'enrolment', subjectId: NOWHERE })).code).toBe('subject_not_found');
    const subjectId = await client.subject();
    for (const purpose of ['enrolment', 'verification', 'liveness'])
      expect((await create({ purpose, subjectId })).code).toBe('consent_required');
    const consent = await client.consent(subjectId, 'verification');
    expect((await create({ purpose: 'verification', subjectId })).code).toBe('not_enrolled');
    await client.withdraw(subjectId, consent);
    expect((await create({ purpose: 'verification', subjectId })).code).toBe('consent_required');
    const enrolled = await fixtures.enrolledSubject(party);
    expect((await create({ purpose: 'enrolment', subjectId: enrolled })).code).toBe('already_enrolled');
    expect((await create({ purpose: 'verification', subjectId: enrolled })).status).toBe(201);
    expect((await client.readSubject(enrolled)).enrolled).toBe(true);
  });
});

describe('the code of the page link', () => {
  const exchange = (code: string) => api.call('POST', '/v1/capture-credentials', { json: { code } });

  it('is good for one of any number of concurrent holders', async () => {
    const { id, pageCode, expiresAt } = await api.as(party.token).create({ purpose: 'liveness' });
    const answers = await atOnce(() => exchange(pageCode));
    const won = answers.filter(({ status }) => status === 201);
    expect(won).toHaveLength(1);
    expect(won[0]?.body).toEqual({
      credential: expect.any(String) as string,
      tokenType: 'Bearer',
      captureId: id,
      expiresAt,
    });
    expect(won[0]?.headers.get('cache-control')).toBe('no-store');
    expect(answers.filter(({ code }) => code === 'page_code_invalid')).toHaveLength(AT_ONCE - 1);
  });

  it('is refused alike when used, expired, forged, of an ended capture or of none', async () => {
    const client = api.as(party.token);
    const make = () => client.create({ purpose: 'liveness' });
    const [used, expired, ended, forged] = [await make(), await make(), await make(), await make()];
    await exchange(used.pageCode);
    await api.sql(`UPDATE captures SET expires_at = now() - interval '1 second' WHERE id = $1`, [expired.id]);
    await client.cancel(ended.id);
    const secret = forged.pageCode.split('.')[1] as string;
    const codes = [
      used.pageCode,
      expired.pageCode,
      ended.pageCode,
      `${forged.id}.${'A'.repeat(secret.length)}`,
      `${used.id}.${secret}`,
      `${NOWHERE}.${secret}`,
      `${forged.pageCode}.x`,
      secret,
      '.',
      'x',
    ];
    const answers = await Promise.all(codes.map(exchange));
    const first = { ...answers[0]?.body, errorId: '' };
    expect(first).toMatchObject({ status: 401, code: 'page_code_invalid' });
    for (const { body } of answers) expect({ ...body, errorId: '' }).toEqual(first);
    expect((await exchange(forged.pageCode)).status).toBe(201);
  });
});

describe('start', () => {
  it('reveals one challenge to one of any number of concurrent callers', async () => {
    const { id } = await api.as(party.token).create({ purpose: 'liveness' });
    const answers = await atOnce(() => api.call('POST', `/v1/captures/${id}/start`, { token: party.token }));
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    expect(answers.filter(({ code }) => code === 'capture_state_conflict')).toHaveLength(AT_ONCE - 1);
    const { actions, nonce, submitBy } = won[0]?.body as {
      actions: string[];
      nonce: string;
      submitBy: string;
    };
    expect(actions.length).toBeGreaterThan(0);
    expect(actions.every((action) => (ACTIONS as readonly string[]).includes(action))).toBe(true);
    expect(actions).toEqual(expect.arrayContaining([expect.stringMatching(/^turn_/)]));
    expect(nonce.length).toBeGreaterThanOrEqual(16);
    expect(Date.parse(submitBy) - Date.now()).toBeLessThanOrEqual(60_000);
    const [row] = await api.sql('SELECT nonce, actions FROM captures WHERE id = $1', [id]);
    expect(row).toEqual({ nonce, actions });
  });

  it('reveals the colours of a flash to one of any number of callers, and which frame shows which', async () => {
    const client = api.as(party.token);
    const { id } = await client.create({ purpose: 'liveness', flash: true });
    expect(await client.read(id)).toMatchObject({ flash: true });
    const answers = await atOnce(() => api.call('POST', `/v1/captures/${id}/start`, { token: party.token }));
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    const { actions, flash, slots } = won[0]?.body as {
      actions: string[];
      flash: { frameMs: number; colours: string[] };
      slots: { action: string | null; colour: string | null }[];
    };
    expect(flash).toMatchObject({ frameMs: 400 });
    expect(flash.colours).toHaveLength(10);
    expect(slots.map(({ colour }) => colour)).toEqual(flash.colours);
    expect(slots[0]?.action).toBeNull();
    expect([...new Set(slots.slice(1).map(({ action }) => action))]).toEqual(actions);
    const [row] = await api.sql('SELECT colours FROM captures WHERE id = $1', [id]);
    expect(row).toEqual({ colours: flash.colours });
  });

  it('draws other colours for every capture', async () => {
    const client = api.as(party.token);
    const drawn = new Set<string>();
    for (let i = 0; i < 5; i++) {
      const { id } = await client.create({ purpose: 'liveness', flash: true });
      const { body } = await api.call('POST', `/v1/captures/${id}/start`, { token: party.token });
      drawn.add(JSON.stringify((body as { flash: unknown }).flash));
    }
    // Five of 2²³ alike: one in a million runs.
    expect(drawn.size).toBe(5);
  });

  it('shows no colours where none were asked for', async () => {
    const { id } = await api.as(party.token).create({ purpose: 'liveness' });
    const { body } = await api.call('POST', `/v1/captures/${id}/start`, { token: party.token });
    const { flash, slots } = body as { flash: unknown; slots: { colour: unknown }[] };
    expect(flash).toBeNull();
    expect(new Set(slots.map(({ colour }) => colour))).toEqual(new Set([null]));
  });

  it('comes too late after the expiry', async () => {
    const { id } = await api.as(party.token).create({ purpose: 'liveness' });
    await api.sql(`UPDATE captures SET expires_at = now() - interval '1 second' WHERE id = $1`, [id]);
    const answer = await api.call('POST', `/v1/captures/${id}/start`, { token: party.token });
    expect([answer.status, answer.code]).toEqual([410, 'capture_expired']);
  });
});

describe('cancellation', () => {
  const cancel = (id: string) => api.call('DELETE', `/v1/captures/${id}`, { token: party.token });

  it('twice is no error; after the end it is a conflict', async () => {
    const client = api.as(party.token);
    const { id } = await client.create({ purpose: 'liveness' });
    expect([(await cancel(id)).status, (await cancel(id)).status]).toEqual([204, 204]);
    expect((await client.read(id)).state).toBe('cancelled');
    const [audited] = await api.sql(
      `SELECT count(*)::int AS n FROM audit_events WHERE target_id = $1 AND action = 'capture.cancelled'`,
      [id],
    );
    expect(audited).toEqual({ n: 1 });
    for (const state of ['decided', 'expired']) {
      const ended = await client.create({ purpose: 'liveness' });
      await fixtures.setState(ended.id, state);
      expect((await cancel(ended.id)).code).toBe('capture_state_conflict');
    }
  });

  it('is possible in every state before the end', async () => {
    for (const state of ['created', 'started', 'submitted', 'processing']) {
      const { id } = await api.as(party.token).create({ purpose: 'liveness' });
      await fixtures.setState(id, state);
      expect([state, (await cancel(id)).status]).toEqual([state, 204]);
    }
  });

  it.each(['submitted', 'processing', 'decided', 'expired', 'cancelled'])(
    '%s captures cannot be started',
    async (state) => {
      const { id } = await api.as(party.token).create({ purpose: 'liveness' });
      await fixtures.setState(id, state);
      const answer = await api.call('POST', `/v1/captures/${id}/start`, { token: party.token });
      expect(answer.code).toBe(state === 'expired' ? 'capture_expired' : 'capture_state_conflict');
    },
  );
});

describe('reading', () => {
  let id: string;

  beforeAll(async () => {
    const client = api.as(party.token);
    id = await client.submitted({ purpose: 'liveness' }, await pictures(5));
  });

  it('shows the stages to come of a submitted one', async () => {
    const view = await api.as(party.token).read(id);
    expect(view).toMatchObject({ state: 'submitted', decision: null, subjectId: null });
    expect(view.stages.map(({ stage, status }) => `${stage} ${status}`)).toEqual([
      'extraction pending',
      'depth pending',
      'mesh pending',
      'liveness pending',
      'decision pending',
    ]);
  });

  it('hides from an integrator what would let an attacker climb, and shows it to a reviewer', async () => {
    await fixtures.decide(id);
    const integrator = await api.call('GET', `/v1/captures/${id}`, {
      token: await party.tokenWith('captures:read'),
    });
    expect(integrator.headers.get('cache-control')).toBe('no-store');
    expect(integrator.body['decision']).toMatchObject({
      outcome: 'rejected',
      code: 'not_accepted',
      guidance: null,
      padLevel: 'none',
    });
    expect(integrator.body).not.toHaveProperty('review');
    expect(integrator.text).not.toMatch(/no_match|0\.4242|0\.5555|0\.4343|threshold|score|sharpness/);
    const token = await party.tokenWith('captures:read', 'captures:review');
    const reviewer = await api.call('GET', `/v1/captures/${id}`, { token });
    expect(reviewer.body['review']).toMatchObject({ reason: 'no_match', score: 0.4242, threshold: 0.5555 });
    const onlyReview = await api.call('GET', `/v1/captures/${id}`, {
      token: await party.tokenWith('captures:review'),
    });
    expect(onlyReview.code).toBe('insufficient_scope');
  });

  it('never shows keys, codes, digests or the challenge', async () => {
    const [row] = await api.sql<{ nonce: string }>('SELECT nonce FROM captures WHERE id = $1', [id]);
    const { text } = await api.call('GET', `/v1/captures/${id}`, { token: party.token });
    expect(text).not.toMatch(/wrapped|digest|pageCode|blob|nonce/i);
    expect(text).not.toContain(row?.nonce);
  });
});
