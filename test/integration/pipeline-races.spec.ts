import { STAGES, type StageJob } from '#queue';
import { InProcess } from '../support/stack-in-process.js';
import { until } from '../support/wait.js';

/** A promise and the two ways to end a wait for it. */
function gate() {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

describe('the pipeline under races', () => {
  let one: InProcess;
  let usual: InProcess['extract'];

  beforeAll(async () => {
    one = await InProcess.open({ poolMax: 20 });
    usual = one.extract;
  });
  afterAll(() => one?.close());
  afterEach(() => {
    one.extract = usual;
  });

  const once = { state: 'decided', results: [...STAGES], outbox: 1 };
  const decidedOnce = expect.objectContaining({ 'capture.decided': 1, 'capture.submitted': 1 }) as object;

  /** Begins the extraction and returns when it is inside the network; `finish` lets it go on. */
  async function insideExtraction(job: StageJob) {
    const inside = gate();
    const leave = gate();
    one.extract = async (frames) => {
      inside.open();
      await leave.opened;
      return usual(frames);
    };
    const handled = one.handle('extraction', job);
    await inside.opened;
    one.extract = usual;
    return {
      finish: () => {
        leave.open();
        return handled;
      },
    };
  }

  it('gives a stage one result when five workers run its job at once', async () => {
    const job = await one.submitted('enrolment', await one.subject());
    const workers = Array.from({ length: 5 }, () => one.newPipeline());
    for (const stage of STAGES) {
      const reports = await Promise.all(workers.map((pipeline) => one.handle(stage, job, { pipeline })));
      const effective = reports.filter(({ result }) => result !== 'stale');
      expect(effective).toHaveLength(1);
    }
    expect(await one.probe.effects(job.captureId)).toMatchObject({
      ...once,
      outcomes: ['accepted/accepted'],
      references: 1,
      audit: decidedOnce,
    });
  });

  it('keeps the losers’ outputs noted for removal, and the winner’s out of it', async () => {
    const job = await one.submitted('enrolment', await one.subject());
    let arrived = 0;
    one.extract = async (frames) => {
      arrived += 1;
      await until(() => arrived === 3);
      return usual(frames);
    };
    await Promise.all([1, 2, 3].map(() => one.handle('extraction', job, { pipeline: one.newPipeline() })));
    const ofCapture = `${job.captureId}/r/`;
    const written = new Set(
      (await one.blobKeys()).filter((key) => key.includes(ofCapture)).map((key) => key.replace(/[^/]*$/, '')),
    );
    expect(written.size).toBe(3);
    const { kept } = await one.probe.one<{ kept: string }>(
      'SELECT blob_prefix AS kept FROM stage_results WHERE capture_id = $1',
      [job.captureId],
    );
    const noted = await one.probe.rows<{ prefix: string }>(
      `SELECT prefix FROM pending_blobs WHERE prefix LIKE '%' || $1 || '%'`,
      [ofCapture],
    );
    expect(written).toContain(kept);
    expect(noted.map(({ prefix }) => prefix).sort()).toEqual(
      [...written].filter((each) => each !== kept).sort(),
    );
  });

  it('ignores a job of a generation that is over, before and during its work', async () => {
    const job = await one.submitted('enrolment', await one.subject());
    const slow = await insideExtraction(job);
    await one.probe.rows('UPDATE captures SET flow_generation = 2 WHERE id = $1', [job.captureId]);
    const current = { ...job, generation: 2 };
    expect((await slow.finish()).result).toBe('stale');
    expect((await one.handle('extraction', job)).result).toBe('stale');
    expect(await one.probe.effects(job.captureId)).toMatchObject({ results: [], generation: 2 });
    await one.runStages(current);
    expect((await one.handle('decision', job)).result).toBe('stale');
    expect(await one.probe.effects(job.captureId)).toMatchObject({
      ...once,
      references: 1,
      audit: decidedOnce,
    });
    const generations = await one.probe.rows(
      'SELECT DISTINCT generation FROM stage_results WHERE capture_id = $1',
      [job.captureId],
    );
    expect(generations).toEqual([{ generation: 2 }]);
  });

  it('ignores a job of a generation that is still to come', async () => {
    const job = await one.submitted('liveness');
    expect((await one.handle('extraction', { ...job, generation: 2 })).result).toBe('stale');
  });

  it.each(STAGES)('does nothing for a subject erased before the %s', async (stage) => {
    const subjectId = await one.subject();
    const job = await one.submitted('enrolment', subjectId);
    await one.runStages(job, STAGES[STAGES.indexOf(stage) - 1] ?? 'extraction');
    await one.subjects.erase(one.caller, subjectId);
    expect((await one.handle(stage, job)).result).toBe('stale');
    await expectGone(subjectId, job.captureId);
  });

  it('does nothing when the subject is erased during the extraction', async () => {
    const subjectId = await one.subject();
    const job = await one.submitted('enrolment', subjectId);
    const slow = await insideExtraction(job);
    await one.subjects.erase(one.caller, subjectId);
    expect((await slow.finish()).result).toBe('stale');
    await expectGone(subjectId, job.captureId);
  });

  it('decides or erases, never half of both, when they race', async () => {
    for (let round = 0; round < 5; round++) {
      const subjectId = await one.subject();
      const job = await one.submitted('enrolment', subjectId);
      await one.runStages(job, 'liveness');
      await Promise.all([one.handle('decision', job), one.subjects.erase(one.caller, subjectId)]);
      await expectGone(subjectId, job.captureId);
    }
  });

  /** No row of the subject is left, and no blob that is not noted for removal. */
  async function expectGone(subjectId: string, captureId: string): Promise<void> {
    for (const [table, column, id] of [
      ['subjects', 'id', subjectId],
      ['consents', 'subject_id', subjectId],
      ['subject_references', 'subject_id', subjectId],
      ['captures', 'id', captureId],
      ['capture_frames', 'capture_id', captureId],
      ['stage_results', 'capture_id', captureId],
      ['decisions', 'capture_id', captureId],
    ] as const) {
      expect({ table, rows: await one.probe.count(`${table} WHERE ${column} = $1`, [id]) }).toEqual({
        table,
        rows: 0,
      });
    }
    await one.probe.rows(`UPDATE pending_blobs SET due_at = now() WHERE prefix LIKE '%' || $1 || '%'`, [
      subjectId,
    ]);
    while ((await one.reaper.reapDue()) > 0);
    expect((await one.blobKeys()).filter((key) => key.includes(subjectId))).toEqual([]);
  }

  it('creates one reference when sixteen first enrolments of a subject are decided at once', async () => {
    const subjectId = await one.subject();
    const jobs = await Promise.all(Array.from({ length: 16 }, () => one.submitted('enrolment', subjectId)));
    await Promise.all(jobs.map((job) => one.runStages(job, 'liveness')));
    await Promise.all(jobs.flatMap((job) => [one.handle('decision', job), one.handle('decision', job)]));
    const effects = await Promise.all(jobs.map(({ captureId }) => one.probe.effects(captureId)));
    const accepted = effects.filter(({ outcomes }) => outcomes[0] === 'accepted/accepted');
    expect(accepted).toHaveLength(1);
    expect(accepted[0]).toMatchObject({ references: 1 });
    const others = effects.filter((each) => each !== accepted[0]);
    for (const each of others) {
      expect(each).toMatchObject({ ...once, outcomes: ['inconclusive/already_enrolled'], references: 0 });
    }
    expect(effects.every(({ audit }) => audit['capture.decided'] === 1)).toBe(true);
    expect(await one.probe.count('subject_references WHERE subject_id = $1', [subjectId])).toBe(1);
    expect(
      await one.probe.count(`audit_events WHERE action = 'reference.created' AND target_id = $1`, [
        subjectId,
      ]),
    ).toBe(1);
  });

  it('refuses a second reference even to a deed that forgot the lock', async () => {
    const subjectId = await one.subject();
    const job = await one.submitted('enrolment', subjectId);
    await one.runStages(job);
    const copy = `INSERT INTO subject_references
      SELECT gen_random_uuid(), tenant_id, subject_id, ordinal, gen_random_uuid(), model_id, sealed_template, assurance
      FROM subject_references WHERE subject_id = $1`;
    await expect(one.probe.rows(copy, [subjectId])).rejects.toMatchObject({ code: '23505' });
  });

  it('cancels or decides, never both, when they race', async () => {
    const ends = new Set<string>();
    for (let round = 0; round < 8; round++) {
      const job = await one.submitted('enrolment', await one.subject());
      await one.runStages(job, 'liveness');
      const cancelling = () =>
        one.cancelCapture.execute(one.caller, job.captureId).catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'capture_state_conflict' });
        });
      const [first, second] = [cancelling, () => one.handle('decision', job)];
      await Promise.all(round % 2 ? [first(), second()] : [second(), first()]);
      const { state, outcomes, references, audit } = await one.probe.effects(job.captureId);
      ends.add(state);
      const decided = state === 'decided' ? 1 : 0;
      expect({ state, outcomes: outcomes.length, references }).toEqual({
        state,
        outcomes: decided,
        references: decided,
      });
      expect([audit['capture.decided'] ?? 0, audit['capture.cancelled'] ?? 0]).toEqual([
        decided,
        1 - decided,
      ]);
    }
    expect([...ends].every((state) => state === 'decided' || state === 'cancelled')).toBe(true);
  });

  it('cancels instead of enrolling when consent was withdrawn before the decision', async () => {
    const subjectId = await one.subject();
    const job = await one.submitted('enrolment', subjectId);
    await one.runStages(job, 'liveness');
    const consents = await one.consents.list(one.tenantId, subjectId);
    const { id } = consents.find(({ purpose }) => purpose === 'enrolment') as { id: string };
    await one.consents.withdraw(one.caller, subjectId, id);
    await one.handle('decision', job);
    expect(await one.probe.effects(job.captureId)).toMatchObject({
      state: 'cancelled',
      outcomes: [],
      references: 0,
      audit: { 'capture.cancelled': 1 },
    });
    expect((await one.handle('decision', job)).result).toBe('stale');
  });

  it('takes one of two submissions sent at once, and the same frames again as the same', async () => {
    const captureId = await one.started('liveness');
    await Promise.all([one.submit(captureId), one.submit(captureId), one.submit(captureId)]);
    expect(await one.probe.effects(captureId)).toMatchObject({
      state: 'submitted',
      audit: { 'capture.submitted': 1 },
      outbox: 1,
    });
    const frames = (await one.blobKeys()).filter((key) => key.includes(captureId));
    expect(frames).toHaveLength(5);
    expect(await one.probe.count('pending_blobs WHERE prefix LIKE $1', [`%${captureId}%`])).toBe(0);
  });

  it('lets one of eight verifications of a subject be in flight', async () => {
    const subjectId = await one.subject();
    await one.runStages(await one.submitted('enrolment', subjectId));
    const ids = await Promise.all(Array.from({ length: 8 }, () => one.started('verification', subjectId)));
    const outcomes = await Promise.allSettled(ids.map((id) => one.submit(id)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'capture_in_flight' });
    }
    const states = `captures WHERE subject_id = $1 AND purpose = 'verification' AND state = 'submitted'`;
    expect(await one.probe.count(states, [subjectId])).toBe(1);
  });
});

describe('the pipeline when a stage fails', () => {
  let one: InProcess;
  beforeAll(async () => {
    one = await InProcess.open();
  });
  afterAll(() => one?.close());

  it('keeps the chain for the next attempt, and after the last one decides processing_failed', async () => {
    const job = await one.submitted('enrolment', await one.subject());
    const trouble = new Error('frame bytes, or whatever a library quotes');
    one.extract = () => Promise.reject(trouble);
    for (const lastAttempt of [false, false]) {
      await expect(one.handle('extraction', job, { lastAttempt })).rejects.toThrow(
        'extraction failed: Error',
      );
      expect(await one.probe.effects(job.captureId)).toMatchObject({ state: 'processing', results: [] });
    }
    await expect(one.handle('extraction', job, { lastAttempt: true })).rejects.toThrow('extraction failed');
    for (const stage of STAGES.slice(1)) await one.handle(stage, job);
    const { stages } = await one.readCapture.execute(one.tenantId, job.captureId, false);
    expect(stages.map(({ status, attempts }) => `${status} ${attempts}`)).toEqual([
      'failed 3',
      ...['skipped 1', 'skipped 1', 'skipped 1', 'done 1'],
    ]);
    expect(await one.probe.effects(job.captureId)).toMatchObject({
      state: 'decided',
      outcomes: ['inconclusive/processing_failed'],
      results: [...STAGES],
      references: 0,
    });
  });

  it('counts in PostgreSQL how often a stage began, whoever began it and in whatever generation', async () => {
    const job = await one.submitted('liveness');
    const extraction = async () => {
      const { stages } = await one.readCapture.execute(one.tenantId, job.captureId, false);
      return stages[0];
    };
    expect(await extraction()).toMatchObject({ status: 'pending', attempts: 0, startedAt: null });
    one.extract = () => Promise.reject(new Error('lost thread'));
    await expect(one.handle('extraction', job)).rejects.toThrow();
    expect(await extraction()).toMatchObject({ status: 'running', attempts: 1, finishedAt: null });
    await one.probe.rows('UPDATE captures SET flow_generation = 2 WHERE id = $1', [job.captureId]);
    const next = { ...job, generation: 2 };
    await expect(one.handle('extraction', next, { pipeline: one.newPipeline() })).rejects.toThrow();
    expect(await extraction()).toMatchObject({ status: 'running', attempts: 2 });
    await expect(one.handle('extraction', next, { lastAttempt: true })).rejects.toThrow();
    expect(await extraction()).toMatchObject({ status: 'failed', attempts: 3 });
  });

  it.each(STAGES.slice(0, -1))(
    'never rejects or accepts when the %s has no result at all',
    async (missing) => {
      const job = await one.submitted('liveness');
      one.extract = () => Promise.reject(new Error('lost thread'));
      for (const stage of STAGES.slice(0, -1).filter((name) => name !== missing)) {
        await one.handle(stage, job).catch(() => undefined);
      }
      await one.handle('decision', job);
      const { outcomes } = await one.probe.effects(job.captureId);
      expect(outcomes).toEqual(['inconclusive/processing_failed']);
    },
  );
});
