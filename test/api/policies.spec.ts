import { DEFAULT_POLICY } from '#biometrics';
import { RunSimulations } from '#captures';
import { Platform } from '#platform';
import type { Answer } from './support/call.js';
import { Fixtures } from './support/fixtures.js';
import { type RelyingParty, TestApi } from './support/test-api.js';

const BUILT_IN = Object.fromEntries(
  Object.entries(DEFAULT_POLICY).filter(([member]) => member !== 'version'),
) as Omit<typeof DEFAULT_POLICY, 'version'>;

let api: TestApi;
beforeAll(async () => (api = await TestApi.start({ env: { SIMULATIONS_PER_HOUR: '2' } })));
afterAll(() => api.close());

let party: RelyingParty;
beforeEach(async () => (party = await api.relyingParty()));

const ask = (method: string, path: string, json?: unknown, token = party.token): Promise<Answer> =>
  api.call(method, path, { token, json });
const create = (changes: object, basedOn?: number) => ask('POST', '/v1/policies', { changes, basedOn });
const activate = (version: number, ...acceptWeakening: string[]) =>
  ask('POST', `/v1/policies/${version}/activate`, { acceptWeakening });
const trail = () =>
  api.sql<{ action: string; target_id: string; detail: object; actor_id: string }>(
    `SELECT action, target_id, detail, actor_id FROM audit_events WHERE tenant_id = $1 AND action LIKE 'policy.%' ORDER BY occurred_at`,
    [party.tenantId],
  );
const policyOfNewCapture = async (): Promise<unknown> => {
  const { id } = await api.as(party.token).create({ purpose: 'liveness' });
  const [row] = await api.sql<{ version: number }>(
    'SELECT policy_version AS version FROM captures WHERE id = $1',
    [id],
  );
  return row?.version;
};

describe('versions', () => {
  it('begin with the built-in default, which is active', async () => {
    const { status, body } = await ask('GET', '/v1/policies');
    expect([status, body]).toEqual([
      200,
      { items: [{ version: 0, active: true, createdAt: null, body: BUILT_IN }] },
    ]);
    expect((await ask('GET', '/v1/policies/0')).body).toEqual((body['items'] as unknown[])[0]);
  });

  it('are added from the active one or another, and apply to nothing before they are activated', async () => {
    const first = await create({ comparisonThreshold: 0.6, pad: { minTurnDegrees: 15 } });
    expect([first.status, first.body]).toEqual([
      201,
      {
        version: 1,
        active: false,
        createdAt: expect.any(String) as string,
        body: { ...BUILT_IN, comparisonThreshold: 0.6, pad: { ...BUILT_IN.pad, minTurnDegrees: 15 } },
      },
    ]);
    expect((await create({ challengeLength: 4 })).body).toMatchObject({
      version: 2,
      body: { comparisonThreshold: 0.55, challengeLength: 4 },
    });
    expect((await create({ challengeLength: 4 }, 1)).body).toMatchObject({
      version: 3,
      body: { comparisonThreshold: 0.6, challengeLength: 4 },
    });
    expect(await policyOfNewCapture()).toBe(0);
    const { body } = await ask('GET', '/v1/policies?limit=2');
    expect((body['items'] as { version: number }[]).map(({ version }) => version)).toEqual([3, 2]);
    const rest = (await ask('GET', '/v1/policies?limit=2&before=2')).body['items'] as { version: number }[];
    expect(rest.map(({ version }) => version)).toEqual([1, 0]);
    expect(await trail()).toMatchObject(
      [1, 2, 3].map((version) => ({
        action: 'policy.created',
        target_id: String(version),
        actor_id: party.clientId,
      })),
    );
  });

  it.each([
    [{ comparisonThreshold: 1.1 }, 'changes.comparisonThreshold'],
    [{ comparisonThreshold: '0.6' }, 'changes.comparisonThreshold'],
    [{ requiredPadLevel: 'some' }, 'changes.requiredPadLevel'],
    [{ pad: { minTurnDegrees: -1 } }, 'changes.pad.minTurnDegrees'],
    [{ pad: { wobble: 1 } }, 'changes.pad'],
    [{ threshold: 0.6 }, 'changes'],
    [{ version: 7 }, 'changes'],
  ])('refuse %j by the name of the member', async (changes, member) => {
    const { status, code, body } = await create(changes);
    expect([status, code]).toEqual([400, 'validation_failed']);
    expect(body['errors']).toEqual([{ member, rule: expect.any(String) as string }]);
    expect((await ask('GET', '/v1/policies')).body['items']).toHaveLength(1);
  });

  it('have no gaps when eight are added at once', async () => {
    const added = await Promise.all(
      Array.from({ length: 8 }, (_, i) => create({ comparisonThreshold: 0.56 + i / 100 })),
    );
    expect(added.map(({ body }) => body['version']).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it.each(['x', '-1', '1.5', '01', '99999999999', '4711'])('there is none called %s', async (version) => {
    for (const answer of [
      await ask('GET', `/v1/policies/${version}`),
      await ask('POST', `/v1/policies/${version}/activate`, {}),
      await ask('POST', `/v1/policies/${version}/simulate`, {}),
    ])
      expect([answer.status, answer.code]).toEqual([404, 'policy_not_found']);
  });

  it('are seen by their own tenant only', async () => {
    await create({ comparisonThreshold: 0.9 });
    const stranger = await api.relyingParty();
    expect((await ask('GET', '/v1/policies', undefined, stranger.token)).body['items']).toHaveLength(1);
    expect((await ask('GET', '/v1/policies/1', undefined, stranger.token)).status).toBe(404);
    expect((await ask('POST', '/v1/policies/1/activate', {}, stranger.token)).status).toBe(404);
  });
});

describe('activation', () => {
  it('applies to captures made from then on; those made before keep theirs', async () => {
    await create({ comparisonThreshold: 0.6 });
    const before = await api.as(party.token).create({ purpose: 'liveness' });
    const answer = await activate(1);
    expect([answer.status, answer.body['active']]).toEqual([200, true]);
    expect(await policyOfNewCapture()).toBe(1);
    const [kept] = await api.sql('SELECT policy_version AS version FROM captures WHERE id = $1', [before.id]);
    expect(kept).toEqual({ version: 0 });
    expect((await trail()).at(-1)).toEqual({
      action: 'policy.activated',
      target_id: '1',
      detail: { before: 0, weaker: null },
      actor_id: party.clientId,
    });
  });

  it('weakens nothing that is not named', async () => {
    await create({
      requiredPadLevel: 'none',
      comparisonThreshold: 0.4,
      pad: { maxForeshortening: 0.5, minNodDegrees: 9 },
    });
    const refused = await activate(1, 'comparisonThreshold');
    expect([refused.status, refused.code]).toEqual([409, 'policy_weaker']);
    expect((refused.body['errors'] as { member: string }[]).map(({ member }) => member)).toEqual([
      'pad.maxForeshortening',
      'requiredPadLevel',
    ]);
    expect(await policyOfNewCapture()).toBe(0);
    expect(
      (await activate(1, 'comparisonThreshold', 'requiredPadLevel', 'pad.maxForeshortening')).status,
    ).toBe(200);
    expect((await trail()).at(-1)).toMatchObject({
      detail: { before: 0, weaker: 'comparisonThreshold,pad.maxForeshortening,requiredPadLevel' },
    });
  });

  it('takes an earlier version back, which may weaken too, and the built-in default', async () => {
    await create({ comparisonThreshold: 0.6 });
    await create({ comparisonThreshold: 0.7 });
    await activate(1);
    await activate(2);
    expect((await activate(1)).code).toBe('policy_weaker');
    expect((await activate(1, 'comparisonThreshold')).status).toBe(200);
    expect((await activate(0, 'comparisonThreshold')).body).toMatchObject({ version: 0, active: true });
    expect(await policyOfNewCapture()).toBe(0);
  });

  it('is refused to whoever may only read', async () => {
    const token = await party.tokenWith('policies:read', 'policies:simulate');
    await create({ comparisonThreshold: 0.6 });
    for (const path of ['/v1/policies', '/v1/policies/1/activate']) {
      const answer = await ask('POST', path, { changes: {} }, token);
      expect([answer.status, answer.code]).toEqual([403, 'insufficient_scope']);
    }
  });
});

describe('labels', () => {
  const decided = async (): Promise<string> => {
    const { id } = await api.as(party.token).create({ purpose: 'liveness' });
    await new Fixtures(api).decide(id);
    return id;
  };
  const label = (id: string, json: object) => ask('POST', `/v1/captures/${id}/label`, json);

  it('are kept, the last one holds, and each is audited', async () => {
    const id = await decided();
    expect((await label(id, { label: 'mated' })).status).toBe(204);
    expect((await label(id, { label: 'attack', species: 'print' })).status).toBe(204);
    expect(await api.sql('SELECT label, species FROM capture_labels WHERE capture_id = $1', [id])).toEqual([
      { label: 'attack', species: 'print' },
    ]);
    const deeds = await api.sql(
      `SELECT detail FROM audit_events WHERE action = 'capture.labelled' AND target_id = $1 ORDER BY occurred_at`,
      [id],
    );
    expect(deeds).toEqual([
      { detail: { label: 'mated', species: null } },
      { detail: { label: 'attack', species: 'print' } },
    ]);
  });

  it('say nothing that cannot be', async () => {
    const id = await decided();
    expect((await label(id, { label: 'bona_fide', species: 'print' })).code).toBe('validation_failed');
    expect((await label(id, { label: 'genuine' })).code).toBe('validation_failed');
    expect((await label(id, { label: 'attack', species: '<script>' })).code).toBe('validation_failed');
    await api.sql('UPDATE decisions SET score = NULL WHERE capture_id = $1', [id]);
    expect((await label(id, { label: 'non_mated' })).code).toBe('label_not_applicable');
    const open = await api.as(party.token).create({ purpose: 'liveness' });
    expect((await label(open.id, { label: 'bona_fide' })).code).toBe('capture_state_conflict');
  });
});

describe('a simulation', () => {
  it('is queued, answered by a worker, and says what would change', async () => {
    for (let i = 0; i < 6; i++) {
      const { id } = await api.as(party.token).create({ purpose: 'liveness' });
      await new Fixtures(api).decide(id);
    }
    await create({ requiredPadLevel: 'none' });
    const queued = await ask('POST', '/v1/policies/1/simulate', { purpose: 'liveness' });
    expect([queued.status, queued.body['state'], queued.body['result']]).toEqual([202, 'queued', null]);
    const location = queued.headers.get('location') as string;
    expect(location).toBe(`/v1/policy-simulations/${String(queued.body['id'])}`);

    const again = await ask('POST', '/v1/policies/1/simulate', {});
    expect([again.status, again.code, again.headers.get('retry-after')]).toEqual([
      429,
      'simulations_exhausted',
      '2',
    ]);

    await new RunSimulations(api.app.get(Platform).unitOfWork).runDue();
    const { body } = await ask('GET', location);
    // Fixtures are decisions without evidence, as of an installation that was there before.
    expect(body).toMatchObject({
      state: 'done',
      exact: false,
      result: { captures: 5, unknown: 5, changed: 0 },
    });
    const stranger = await api.relyingParty();
    expect((await ask('GET', location, undefined, stranger.token)).code).toBe('simulation_not_found');

    expect((await ask('POST', '/v1/policies/0/simulate', {})).status).toBe(202);
    await new RunSimulations(api.app.get(Platform).unitOfWork).runDue();
    const third = await ask('POST', '/v1/policies/0/simulate', {});
    expect([third.status, Number(third.headers.get('retry-after'))]).toEqual([429, expect.any(Number)]);
    expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(3_000);
  });

  it('is exact only for who may read reasons and scores anyway', async () => {
    const token = await party.tokenWith('policies:simulate');
    const refused = await ask('POST', '/v1/policies/0/simulate', { exact: true }, token);
    expect([refused.status, refused.body['detail']]).toEqual([403, 'Needs scope captures:review']);
    const both = await party.tokenWith('policies:simulate', 'captures:review');
    expect((await ask('POST', '/v1/policies/0/simulate', { exact: true }, both)).body['exact']).toBe(true);
  });

  it('refuses a time that is none', async () => {
    const refused = await ask('POST', '/v1/policies/0/simulate', {
      from: '2026-11-25T00:00:00Z',
      to: '2026-11-24T00:00:00Z',
    });
    expect(refused.body['errors']).toEqual([{ member: 'from', rule: 'must be before to' }]);
    expect((await ask('POST', '/v1/policies/0/simulate', { from: 'yesterday' })).code).toBe(
      'validation_failed',
    );
  });
});
