// eslint-disable-next-line no-restricted-imports -- the tables of routes are the API's own.
import { ROUTE_ACCESS } from '../../apps/api/src/access/route-access.js';
// eslint-disable-next-line no-restricted-imports -- as above.
import { ROUTE_AUDIT, type RouteAudit } from '../../apps/api/src/access/route-audit.js';
import { AUDIT_ACTIONS } from '#audit';
import { pictures } from '../api/support/pictures.js';
import { Board } from '../api/support/board.js';
import { type RelyingParty, TestApi } from '../api/support/test-api.js';
import { Fixtures } from '../api/support/fixtures.js';

const NOWHERE = '0199e8c8-0000-7000-8000-000000000000';

/** Reads that show a face, or the trail: whoever looks at them is in the trail too. */
const SENSITIVE_READS = [
  'GET /v1/captures/:id/artifacts/:name',
  'GET /v1/audit',
  'GET /v1/audit/verify',
  'GET /v1/audit/checkpoints',
];
/** Change nothing, though their method would allow it: served to refuse. A copy of its own, on purpose. */
const CHANGES_NOTHING = [
  'POST /queues/api/*',
  'PUT /queues/api/*',
  'PATCH /queues/api/*',
  'DELETE /queues/api/*',
];

const audited = Object.entries(ROUTE_AUDIT).filter(
  (entry): entry is [string, RouteAudit] => 'actions' in entry[1],
);

describe('the table of audited routes', () => {
  it('says something of every route, and of no other', () => {
    expect(Object.keys(ROUTE_AUDIT).sort()).toEqual(Object.keys(ROUTE_ACCESS).sort());
  });

  it('names the actions of every route that changes something, and of every sensitive read', () => {
    const must = Object.keys(ROUTE_ACCESS).filter(
      (route) =>
        (!route.startsWith('GET ') && !CHANGES_NOTHING.includes(route)) || SENSITIVE_READS.includes(route),
    );
    expect(audited.map(([route]) => route).sort()).toEqual(must.sort());
  });

  it('names actions that exist', () => {
    for (const [route, { actions }] of audited)
      for (const action of actions)
        expect([route, AUDIT_ACTIONS]).toEqual([route, expect.arrayContaining([action])]);
  });

  it('gives a reason wherever nothing is audited', () => {
    for (const [route, entry] of Object.entries(ROUTE_AUDIT))
      if (!('actions' in entry))
        expect([route, entry.unaudited]).toEqual([route, expect.stringMatching(/\w{4,}/)]);
  });
});

describe('what the API leaves in the trail', () => {
  let api: TestApi;
  let party: RelyingParty;

  beforeAll(async () => {
    api = await TestApi.start();
  });
  afterAll(() => api.close());
  beforeEach(async () => {
    party = await api.relyingParty();
  });

  const trail = (tenantId = party.tenantId) =>
    api.sql<{
      action: string;
      outcome: string;
      target: string | null;
      code: string | null;
      correlation: string;
    }>(
      `SELECT action, outcome, target_id AS target, detail->>'code' AS code, correlation_id AS correlation
       FROM audit_events WHERE tenant_id = $1 ORDER BY occurred_at, id`,
      [tenantId],
    );
  const pathOf = (path: string) => path.replace(':name', 'depth.png').replaceAll(/:\w+/g, NOWHERE);
  const scoped = audited.filter(([route]) => {
    const access = ROUTE_ACCESS[route];
    return typeof access === 'object' && 'scope' in access;
  });

  it.each(scoped)('%s refused for want of a scope is there', async (route, { actions, target }) => {
    const [method, path] = route.split(' ') as [string, string];
    const headers = { 'x-request-id': `refused-${actions[0]}` };
    const { status } = await api.call(method, pathOf(path), {
      token: await party.tokenWith('operations:read'),
      headers,
    });
    expect(status).toBe(403);
    expect((await trail()).at(-1)).toEqual({
      action: actions[0],
      outcome: 'refused',
      target: target ? NOWHERE : null,
      code: 'insufficient_scope',
      correlation: headers['x-request-id'],
    });
  });

  it('every deed of a whole life is there, under an action that the table names', async () => {
    const client = api.as(party.token);
    const { clientId: client_id, clientSecret: client_secret, token } = party;
    const done: string[] = [];
    const call = async (route: string, ids: Record<string, string> = {}, json?: unknown) => {
      const [method, path] = route.split(' ') as [string, string];
      const filled = path.replaceAll(/:(\w+)/g, (_, name: string) => ids[name] as string);
      const answer = await api.call(method, filled, { token, json });
      expect([route, answer.status < 300]).toEqual([route, true]);
      done.push(route);
      return answer.body;
    };
    await call('POST /v1/oauth/token', {}, { grant_type: 'client_credentials', client_id, client_secret });
    const { id } = (await call('POST /v1/subjects')) as { id: string };
    const consent = (await call(
      'POST /v1/subjects/:id/consents',
      { id },
      { purpose: 'liveness', noticeVersion: '1' },
    )) as { id: string };
    await call('POST /v1/subjects/:id/attempts/reset', { id }, { reason: 'other_factor' });
    const capture = (await call('POST /v1/captures', {}, { purpose: 'liveness', subjectId: id })) as {
      id: string;
      pageCode: string;
    };
    await call('POST /v1/capture-credentials', {}, { code: capture.pageCode });
    await call('POST /v1/captures/:id/start', { id: capture.id });
    expect((await client.sendFrames(capture.id, await pictures(5))).status).toBe(202);
    done.push('POST /v1/captures/:id/frames');
    await call('DELETE /v1/captures/:id', { id: capture.id });
    await call('DELETE /v1/subjects/:id/consents/:consentId', { id, consentId: consent.id });
    const referenceId = await new Fixtures(api).reference(party, id);
    await call('DELETE /v1/subjects/:id/references/:referenceId', { id, referenceId });
    await call('DELETE /v1/subjects/:id', { id });
    for (const route of SENSITIVE_READS.slice(1)) await call(route);

    const succeeded = new Set(
      (await trail()).filter(({ outcome }) => outcome === 'success').map(({ action }) => action),
    );
    for (const route of done) {
      const { actions } = ROUTE_AUDIT[route] as RouteAudit;
      expect([route, [...succeeded]]).toEqual([route, expect.arrayContaining([actions[0]])]);
    }
    // Pictures need a worker, labels a decision; the rest have suites of their own.
    const elsewhere = (route: string) =>
      /artifacts|\/queues\/|\/(auth|users|clients|tenant|face-sessions|webhook-endpoints|policies)|label$/.test(
        route,
      );
    const missing = audited.map(([route]) => route).filter((route) => !done.includes(route));
    expect(missing.filter((route) => !elsewhere(route))).toEqual([]);
  });

  it('a deed that was refused half way is there, though everything of it was rolled back', async () => {
    const client = api.as(party.token);
    const subjectId = await client.subject();
    const { status } = await api.call('POST', '/v1/captures', {
      token: party.token,
      json: { purpose: 'liveness', subjectId },
    });
    expect(status).toBe(403);
    expect((await trail()).at(-1)).toMatchObject({
      action: 'capture.created',
      outcome: 'refused',
      code: 'consent_required',
    });
    expect(await api.sql('SELECT 1 FROM captures WHERE tenant_id = $1', [party.tenantId])).toEqual([]);
  });

  it('a deed that failed inside its transaction is there as a failure, and nothing of the deed', async () => {
    await api.sql(`CREATE FUNCTION fail_late() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'late'; END $$`);
    await api.sql(`CREATE CONSTRAINT TRIGGER fail_late AFTER INSERT ON subjects DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION fail_late()`);
    try {
      expect((await api.call('POST', '/v1/subjects', { token: party.token })).status).toBe(500);
    } finally {
      await api.sql('DROP FUNCTION fail_late CASCADE');
    }
    expect(await trail()).toEqual([
      expect.objectContaining({ action: 'client.created', outcome: 'success' }),
      expect.objectContaining({ action: 'subject.created', outcome: 'failure', code: 'internal' }),
    ]);
    expect(await api.sql('SELECT 1 FROM subjects WHERE tenant_id = $1', [party.tenantId])).toEqual([]);
  });

  it('a verification refused because no attempt is left is there', async () => {
    const subjectId = await new Fixtures(api).enrolledSubject(party, { failures: 5 });
    const json = { purpose: 'verification', subjectId };
    const answer = await api.call('POST', '/v1/captures', { token: party.token, json });
    expect([answer.status, answer.code]).toEqual([429, 'attempts_exhausted']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await trail()).at(-1)).toMatchObject({ outcome: 'refused', code: 'attempts_exhausted' });
  });

  it('every attempt to authenticate is there, whoever it was', async () => {
    const { clientId: client_id, clientSecret: client_secret } = party;
    const ask = (json: object) =>
      api.call('POST', '/v1/oauth/token', { json: { grant_type: 'client_credentials', ...json } });
    expect((await ask({ client_id, client_secret })).status).toBe(200);
    expect((await ask({ client_id, client_secret: 'wrong' })).status).toBe(401);
    expect((await ask({ client_id, client_secret, scope: 'no:such' })).status).toBe(400);
    const { pageCode, id } = await api.as(party.token).create({ purpose: 'liveness' });
    for (const code of [`${id}.${'x'.repeat(43)}`, pageCode, pageCode])
      await api.call('POST', '/v1/capture-credentials', { json: { code } });
    expect((await trail()).map(({ action, outcome, code }) => [action, outcome, code])).toEqual([
      ['client.created', 'success', null],
      ['client.token_issued', 'success', null],
      ['client.token_refused', 'refused', 'invalid_client'],
      ['client.token_refused', 'refused', 'invalid_scope'],
      ['capture.created', 'success', null],
      ['capture.page_code_exchanged', 'refused', null],
      ['capture.page_code_exchanged', 'success', null],
      ['capture.page_code_exchanged', 'refused', null],
    ]);
    await Board.open(api);
    const [platform] = await api.sql<{ id: string }>(`SELECT id FROM tenants WHERE name = 'platform'`);
    const ofNobody = () => trail((platform as { id: string }).id);
    for (const typed of ['0199e8c8-1234-7000-8000-000000000000', 'no id, 1234']) {
      const before = (await ofNobody()).length;
      expect((await ask({ client_id: typed, client_secret: 'a password, by mistake' })).status).toBe(401);
      const [nobody, ...more] = (await ofNobody()).slice(before);
      expect([nobody, more]).toMatchObject([
        { action: 'client.token_refused', outcome: 'refused', target: null },
        [],
      ]);
      expect(JSON.stringify(nobody)).not.toMatch(/1234|mistake/);
    }
    for (const code of [`0199e8c8-1234-7000-8000-000000000000.${'x'.repeat(43)}`, 'no code, 1234']) {
      const before = (await ofNobody()).length;
      await api.call('POST', '/v1/capture-credentials', { json: { code } });
      const [nobody, ...more] = (await ofNobody()).slice(before);
      expect([nobody, more]).toMatchObject([
        { action: 'capture.page_code_exchanged', outcome: 'refused', target: null },
        [],
      ]);
      expect(JSON.stringify(nobody)).not.toMatch(/1234/);
    }
  });

  it('refusals that cost nothing to repeat are not kept for ever', async () => {
    const limited = await TestApi.start({ env: { RATE_LIMIT_PER_MINUTE: '2' } });
    try {
      const { token, tenantId } = await limited.relyingParty();
      const statuses: number[] = [];
      for (let i = 0; i < 5; i++)
        statuses.push((await limited.call('POST', '/v1/subjects', { token })).status);
      expect(statuses).toEqual([201, 201, 429, 429, 429]);
      const kept = await limited.sql(
        `SELECT 1 FROM audit_events WHERE tenant_id = $1 AND action = 'subject.created'`,
        [tenantId],
      );
      expect(kept).toHaveLength(2);
    } finally {
      await limited.close();
    }
  });
});
