import { type Action, makeTemplate, type Reason } from '#biometrics';
import {
  LabelCapture,
  Policies,
  type PolicyChanges,
  PolicySimulations,
  RunSimulations,
  type SimulationQuestion,
  type SimulationResult,
  type StageInput,
} from '#captures';
import type { StageJob } from '#queue';
import { PERFECT } from '../support/quality.js';
import { callerOf, face, InProcess } from '../support/stack-in-process.js';

/** What presentation attack detection measures of a live head; a case differs in a few. */
const LIVE = {
  stillness: 4,
  tH: 0.05,
  tQ: 0.02,
  lrA: 0.3,
  fore: 0.02,
  consistency: 0.8,
  groupConsistency: 0.9,
  nearDuplicates: 0,
  trajectoryDistance: 0.4,
  tracks: 40,
};
const EXTENTS: Record<Action, number> = {
  turn_left: 20,
  turn_right: 20,
  nod: 15,
  blink: 0.5,
  open_mouth: 0.4,
  move_closer: 1.4,
};

interface Case {
  readonly purpose: 'enrolment' | 'verification' | 'liveness';
  /** Cosine to the reference; verification only. */
  readonly score?: number;
  readonly signals?: Partial<Record<keyof typeof LIVE, number | null>>;
  /** How much less than `EXTENTS` the actions were performed. */
  readonly effort?: number;
  readonly halt?: 'no_face';
  /** The liveness stage gives no result at all. */
  readonly failed?: true;
}

const CASES: readonly Case[] = [
  ...[0.1, 0.3, 0.5, 0.54, 0.56, 0.58, 0.62, 0.7, 0.9].map(
    (score) => ({ purpose: 'verification', score }) as const,
  ),
  ...[0.5, 0.9].map((score) => ({ purpose: 'verification', score, signals: { consistency: 0.5 } }) as const),
  ...[0.5, 0.8, 1].map((effort) => ({ purpose: 'liveness', effort }) as const),
  { purpose: 'liveness', signals: { stillness: 0.5 } },
  { purpose: 'liveness', signals: { stillness: 1 } },
  { purpose: 'liveness', signals: { tH: null } },
  { purpose: 'liveness', signals: { nearDuplicates: 3 } },
  { purpose: 'liveness', signals: { nearDuplicates: 6 } },
  { purpose: 'liveness', signals: { fore: 0.2, lrA: -0.3 } },
  { purpose: 'liveness', halt: 'no_face' },
  { purpose: 'liveness', failed: true },
  { purpose: 'enrolment' },
  { purpose: 'enrolment', effort: 0.5 },
  { purpose: 'enrolment', signals: { tQ: 0.005 } },
];

describe('a simulated policy', () => {
  let one: InProcess;
  let policies: Policies;
  let simulations: PolicySimulations;
  const jobs: StageJob[] = [];

  beforeAll(async () => {
    one = await InProcess.open();
    policies = new Policies(one.unitOfWork);
    simulations = new PolicySimulations(one.unitOfWork, { perHour: 1_000 });
    const enrolled = await one.subject();
    await one.runStages(await one.submitted('enrolment', enrolled));
    await one.probe.rows(`UPDATE decisions SET decided_at = decided_at - interval '90 days'`);
    await policies.add(one.tenantId, { requiredPadLevel: 'challenge' });
    for (const each of CASES) {
      const subjectId = each.purpose === 'verification' ? enrolled : await one.subject();
      jobs.push(await decided(each, each.purpose === 'liveness' ? undefined : subjectId));
    }
  });
  afterAll(() => one?.close());

  /** Runs a capture through all stages with what the case has them find. */
  async function decided(each: Case, subjectId?: string): Promise<StageJob> {
    one.extract = () =>
      Promise.resolve({
        template: each.halt ? null : faceAt(each.score ?? 1),
        halt: each.halt ?? null,
        frames: [],
        consistency: 0.9,
        groupConsistency: 0.95,
        quality: PERFECT,
        scalars: {},
      });
    one.liveness = ({ capture }: StageInput) =>
      Promise.resolve(
        each.failed
          ? { status: 'failed' }
          : {
              status: 'done',
              scalars: { ...LIVE, ...each.signals, ...extentsOf(capture.actions ?? [], each.effort) },
            },
      );
    const job = await one.submitted(each.purpose, subjectId);
    await one.runStages(job);
    return job;
  }

  async function simulate(
    version: number,
    question: SimulationQuestion,
    run = new RunSimulations(one.unitOfWork),
  ) {
    const { id } = await simulations.request(one.caller, version, question);
    expect(await run.runDue()).toBe(1);
    const view = await simulations.read(one.tenantId, id);
    expect(view).toMatchObject({ state: 'done', version });
    return view.result as SimulationResult;
  }

  const reasons = async (): Promise<Map<string, Reason>> => {
    const rows = await one.probe.rows<{ id: string; reason: Reason }>(
      'SELECT capture_id AS id, reason FROM decisions WHERE capture_id = ANY ($1)',
      [jobs.map(({ captureId }) => captureId)],
    );
    return new Map(rows.map(({ id, reason }) => [id, reason]));
  };

  /** Has the very captures decided again under the version, by the decision stage, from the rows and blobs they left. */
  async function replay(version: number): Promise<void> {
    const ids = jobs.map(({ captureId }) => captureId);
    await one.probe.rows('DELETE FROM decisions WHERE capture_id = ANY ($1)', [ids]);
    await one.probe.rows(`DELETE FROM stage_results WHERE stage = 'decision' AND capture_id = ANY ($1)`, [
      ids,
    ]);
    await one.probe.rows('DELETE FROM subject_references WHERE capture_id = ANY ($1)', [ids]);
    await one.probe.rows(
      `UPDATE captures SET state = 'processing', stage = 'decision', ended_at = NULL, next_check_at = now(), policy_version = $2
       WHERE id = ANY ($1)`,
      [ids, version],
    );
    for (const job of jobs) expect((await one.handle('decision', job)).result).not.toBe('stale');
  }

  it('shows what was taken without a flash as short of a level that needs one', async () => {
    const { version } = await policies.create(one.caller, {
      changes: { requiredPadLevel: 'challenge_flash' },
    });
    const { transitions, unjudged } = await simulate(version, { exact: true });
    const accepted = transitions.filter(({ from }) => from === 'accepted');
    expect(accepted.map(({ to }) => to)).toEqual(['pad_level_insufficient']);
    expect(unjudged).toEqual(['requiredPadLevel']);
  });

  it.each<[string, PolicyChanges, number, string[]?]>([
    ['a higher threshold', { comparisonThreshold: 0.6 }, 2],
    ['a lower threshold', { comparisonThreshold: 0.2 }, 4],
    ['no attack detection', { requiredPadLevel: 'none' }, 7],
    // Under it captures would flash, so what these measured tells nothing of how they would have fared.
    ['a level nobody reached', { requiredPadLevel: 'challenge_flash' }, 14, ['requiredPadLevel']],
    [
      'the level again, and less of a turn',
      { requiredPadLevel: 'challenge', pad: { minTurnDegrees: 8 } },
      14,
      ['requiredPadLevel'],
    ],
    [
      'stricter gates',
      { pad: { minTurnDegrees: 25, minStillness: 2, minConsistency: 0.6, replayedFrames: 2 } },
      10,
    ],
  ])('decides as it does once it is active: %s', async (_, changes, leastChanged, unjudged = []) => {
    const { version } = await policies.create(one.caller, { changes });
    const before = await reasons();
    const result = await simulate(version, { exact: true });
    expect(await reasons()).toEqual(before);

    const members = [...Object.keys(changes), ...Object.keys(changes.pad ?? {}).map((name) => `pad.${name}`)];
    await policies.activate(one.caller, version, members);
    await replay(version);
    const after = await reasons();
    const matrix = new Map<string, number>();
    for (const [id, from] of before) {
      const to = after.get(id) as Reason;
      if (to !== from) matrix.set(`${from}>${to}`, (matrix.get(`${from}>${to}`) ?? 0) + 1);
    }
    expect(new Map(result.transitions.map(({ from, to, captures }) => [`${from}>${to}`, captures]))).toEqual(
      matrix,
    );
    expect(result).toMatchObject({ captures: CASES.length, unknown: 0, unjudged });
    expect(result.changed).toBe([...matrix.values()].reduce((sum, number) => sum + number, 0));
    expect(result.changed).toBeGreaterThanOrEqual(leastChanged);
    expect((await policies.read(one.tenantId, version)).active).toBe(true);
  });

  it('counts the same in small steps, by workers that die after each', async () => {
    const { version } = await policies.create(one.caller, {
      changes: { comparisonThreshold: 0.9 },
      basedOn: 0,
    });
    const whole = await simulate(version, { exact: true });
    const { id } = await simulations.request(one.caller, version, { exact: true });
    for (let round = 0; round < CASES.length; round++) {
      const dying = new RunSimulations(dyingAfter(one, 2), { chunk: 4 });
      await dying.runDue().catch(() => undefined);
      await one.probe.rows(
        `UPDATE policy_simulations SET leased_until = now() - interval '1 second', attempts = 0`,
      );
      if ((await simulations.read(one.tenantId, id)).state === 'done') break;
      expect(round).toBeLessThan(CASES.length - 1);
    }
    expect((await simulations.read(one.tenantId, id)).result).toEqual(whole);
    expect(whole.captures).toBe(CASES.length);
  });

  it('is counted once when four workers look for work at once', async () => {
    const { id } = await simulations.request(one.caller, 0, { exact: true });
    const claimed = await Promise.all(
      [1, 2, 3, 4].map(() => new RunSimulations(one.unitOfWork, { chunk: 3 }).runDue()),
    );
    expect(claimed.sort()).toEqual([0, 0, 0, 1]);
    expect((await simulations.read(one.tenantId, id)).result?.captures).toBe(CASES.length);
  });

  it('fails in the end when it cannot be counted, and lets the next one come', async () => {
    const { id } = await simulations.request(one.caller, 0, {});
    await one.probe.rows('UPDATE policy_simulations SET attempts = 5 WHERE id = $1', [id]);
    await new RunSimulations(one.unitOfWork).runDue();
    expect(await simulations.read(one.tenantId, id)).toMatchObject({ state: 'failed', result: null });
    await expect(simulate(0, {})).resolves.toMatchObject({ exact: false });
  });

  it('says how it narrows the question, and what it cannot judge', async () => {
    const shaping = { challengeLength: 2, submissionWindowSeconds: 30, pad: { nearDuplicateBits: 30 } };
    const { version } = await policies.create(one.caller, { changes: shaping });
    const result = await simulate(version, { purpose: 'verification', exact: true });
    expect(result.captures).toBe(CASES.filter(({ purpose }) => purpose === 'verification').length);
    expect(result.unjudged).toEqual(['challengeLength', 'pad.nearDuplicateBits', 'submissionWindowSeconds']);
    const old = { from: new Date(Date.now() - 100 * 86_400_000), to: new Date(Date.now() - 80 * 86_400_000) };
    expect(await simulate(0, { ...old, exact: true })).toMatchObject({ captures: 1 });
    await one.probe.rows(
      `UPDATE decisions SET evidence = '{}' WHERE decided_at < now() - interval '80 days'`,
    );
    expect(await simulate(0, { ...old, exact: true })).toMatchObject({ captures: 1, unknown: 1, changed: 0 });
    await expect(simulations.request(one.caller, 0, { from: old.to, to: old.from })).rejects.toMatchObject({
      code: 'validation_failed',
    });
  });

  it('tells no group smaller than five apart, unless it is asked exactly', async () => {
    const { version } = await policies.create(one.caller, {
      changes: { comparisonThreshold: 0.99 },
      basedOn: 0,
    });
    const [exact, rounded] = [await simulate(version, { exact: true }), await simulate(version, {})];
    expect(exact.transitions.some(({ captures }) => captures % 5 !== 0)).toBe(true);
    for (const count of [rounded.captures, rounded.changed, rounded.outcomeChanged, rounded.unknown])
      expect(count % 5).toBe(0);
    expect(new Set(rounded.transitions)).toEqual(
      new Set(
        exact.transitions
          .map((each) => ({ ...each, captures: each.captures - (each.captures % 5) }))
          .filter(({ captures }) => captures > 0),
      ),
    );
  });

  it('counts error rates by the labels, per species', async () => {
    const labels = new LabelCapture(one.unitOfWork);
    const verifications = jobs.slice(0, 9);
    for (const [index, { captureId }] of verifications.entries())
      await labels.execute(one.caller, captureId, { label: index < 4 ? 'non_mated' : 'mated' });
    const attacks = jobs.slice(11, 17);
    for (const [index, { captureId }] of attacks.entries()) {
      await labels.execute(one.caller, captureId, { label: 'bona_fide' });
      await labels.execute(one.caller, captureId, {
        label: 'attack',
        ...(index < 5 ? { species: 'print' } : {}),
      });
    }
    const { version } = await policies.create(one.caller, {
      changes: { comparisonThreshold: 0.52, requiredPadLevel: 'none' },
      basedOn: 0,
    });
    const result = await simulate(version, { exact: true });
    // Scores .10 .30 .50 .54 are non-mated, .56 .58 .62 .70 .90 mated.
    expect(result.fmr?.simulated).toMatchObject({ rate: 1 / 4, n: 4 });
    expect(result.fnmr?.simulated).toMatchObject({ rate: 0, n: 5 });
    expect(result.bpcer?.simulated).toMatchObject({ rate: 0, n: 9 });
    const print = result.apcer.find(({ species }) => species === 'print');
    expect(print?.rate.simulated).toMatchObject({ rate: 1, n: 5 });
    expect(print?.rate.actual.rate).toBeLessThan(1);
    expect(result.apcer.map(({ species, rate }) => [species, rate.actual.n]).sort()).toEqual([
      ['print', 5],
      ['unknown', 1],
    ]);
    const coarse = await simulate(version, {});
    expect([coarse.fmr, coarse.fnmr?.actual.n, coarse.apcer.map(({ species }) => species)]).toEqual([
      null,
      5,
      ['print'],
    ]);
    // Nor is one comparison among few by its share: a threshold above one score of five is as one above all of them.
    const above = await policies.create(one.caller, { changes: { comparisonThreshold: 0.57 }, basedOn: 0 });
    expect((await simulate(above.version, { exact: true })).fnmr?.simulated).toMatchObject({
      rate: 1 / 5,
      n: 5,
    });
    expect((await simulate(above.version, {})).fnmr?.simulated).toMatchObject({ rate: 1, n: 5 });
  });

  it('sees no other tenant, and is seen by none', async () => {
    const [row] = await one.probe.rows<{ id: string }>('SELECT gen_random_uuid() AS id');
    await one.probe.rows(`INSERT INTO tenants (id, name) VALUES ($1, 'other')`, [row?.id]);
    const other = callerOf(row?.id as string);
    const { id } = await simulations.request(other, 0, { exact: true });
    await new RunSimulations(one.unitOfWork).runDue();
    expect((await simulations.read(other.tenantId, id)).result).toMatchObject({
      captures: 0,
      transitions: [],
    });
    await expect(simulations.read(one.tenantId, id)).rejects.toMatchObject({ code: 'simulation_not_found' });
  });

  it('is limited: one at a time, and so many an hour', async () => {
    await expect(simulations.request(one.caller, 4711, {})).rejects.toMatchObject({
      code: 'policy_not_found',
    });
    const racing = await Promise.allSettled([1, 2, 3, 4].map(() => simulations.request(one.caller, 0, {})));
    expect(racing.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await new RunSimulations(one.unitOfWork).runDue();
    const strict = new PolicySimulations(one.unitOfWork, { perHour: 3 });
    await expect(strict.request(one.caller, 0, {})).rejects.toMatchObject({
      code: 'simulations_exhausted',
      retryAfterSeconds: expect.any(Number) as number,
    });
    await one.probe.rows(`UPDATE policy_simulations SET created_at = created_at - interval '1 hour'`);
    await expect(strict.request(one.caller, 0, {})).resolves.toMatchObject({ state: 'queued' });
    const asked = `audit_events WHERE action = 'policy.simulated' AND target_kind = 'policy_simulation'`;
    expect(await one.probe.count(asked)).toBe(await one.probe.count('policy_simulations'));
  });
});

function extentsOf(actions: readonly Action[], effort = 1): Record<string, number> {
  return Object.fromEntries(
    actions.map((action, place) => [
      `extent.${place}.${action}`,
      // A blink is the stronger the smaller it measures.
      action === 'blink' ? EXTENTS[action] / effort : EXTENTS[action] * effort,
    ]),
  );
}

/** A template of the given cosine to the enrolled face. */
function faceAt(cosine: number) {
  const [own, other] = [unit(face(1).values), unit(face(2).values)];
  const dot = own.reduce((sum, value, index) => sum + value * (other[index] as number), 0);
  const across = unit(own.map((value, index) => (other[index] as number) - dot * value));
  const sine = Math.sqrt(1 - cosine * cosine);
  return makeTemplate(
    'fake@1',
    own.map((value, index) => cosine * value + sine * (across[index] as number)),
  );
}

function unit(values: ArrayLike<number>): number[] {
  const norm = Math.hypot(...Array.from(values));
  return Array.from(values, (value) => value / norm);
}

/** A unit of work whose process dies before its n-th transaction of a tenant. */
function dyingAfter({ unitOfWork }: InProcess, transactions: number): InProcess['unitOfWork'] {
  let left = transactions;
  return new Proxy(unitOfWork, {
    get: (target, member) => {
      if (member === 'inTenant')
        return (...args: Parameters<typeof target.inTenant>) => {
          if (left-- <= 0) throw new Error('The process died');
          return target.inTenant(...args);
        };
      const value = Reflect.get(target, member) as unknown;
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
