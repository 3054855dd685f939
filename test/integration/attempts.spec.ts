import { type Policy } from '#biometrics';
import { Policies, SubjectAttempts } from '#captures';
import type { StageJob } from '#queue';
import { PERFECT } from '../support/quality.js';
import { face, InProcess } from '../support/stack-in-process.js';
import { until } from '../support/wait.js';

const LIMITS: Policy['attempts'] = {
  failures: 5,
  inconclusive: 3,
  windowSeconds: 900,
  pauseSeconds: 30,
  disableAfter: 8,
  disableSeconds: 3_600,
};
const EXHAUSTED = { code: 'attempts_exhausted', status: 429 };
const found =
  (template: ReturnType<typeof face> | null, halt: 'no_face' | null = null) =>
  () =>
    Promise.resolve({
      template,
      halt,
      frames: [],
      consistency: null,
      groupConsistency: null,
      quality: PERFECT,
      scalars: {},
    });
const STRANGER = found(face(2));
const NOBODY = found(null, 'no_face');

describe('verification attempts', () => {
  let one: InProcess;
  let attempts: SubjectAttempts;
  let usual: InProcess['extract'];

  beforeAll(async () => {
    one = await InProcess.open({ poolMax: 20 });
    usual = one.extract;
    await new Policies(one.unitOfWork).add(one.tenantId, { attempts: LIMITS });
    attempts = new SubjectAttempts(one.unitOfWork);
  });
  afterAll(() => one?.close());
  beforeEach(() => (one.extract = usual));

  async function enrolled(): Promise<string> {
    const subjectId = await one.subject();
    await one.runStages(await one.submitted('enrolment', subjectId));
    return subjectId;
  }
  const jobOf = (captureId: string): StageJob => ({ v: 1, tenantId: one.tenantId, captureId, generation: 1 });
  async function verify(subjectId: string, extract: InProcess['extract']): Promise<string[]> {
    const job = await one.submitted('verification', subjectId);
    one.extract = extract;
    await one.runStages(job);
    one.extract = usual;
    return [...(await one.probe.effects(job.captureId)).outcomes];
  }
  const read = (subjectId: string) => attempts.read(one.tenantId, subjectId);
  /** As if so much time had passed. */
  const later = (subjectId: string, seconds: number) =>
    one.probe.rows(
      `UPDATE subject_attempts SET window_started_at = window_started_at - $2 * interval '1 second',
         last_failure_at = last_failure_at - $2 * interval '1 second' WHERE subject_id = $1`,
      [subjectId, seconds],
    );

  it('admits exactly the budget of sixteen that are submitted at once', async () => {
    const subjectId = await enrolled();
    const ids = await Promise.all(Array.from({ length: 16 }, () => one.started('verification', subjectId)));
    one.extract = STRANGER;
    // One at a time may be in flight; whoever is refused for that alone tries again until the budget itself answers.
    const submitUntilAnswered = (id: string): Promise<string> =>
      until(async () => {
        const code = await one.submit(id).then(
          () => 'admitted',
          (error: unknown) => (error as { code: string }).code,
        );
        if (code === 'admitted') await one.runStages(jobOf(id));
        return code === 'capture_in_flight' ? undefined : code;
      });
    const answers = await Promise.all(ids.map(submitUntilAnswered));
    const count = (answer: string) => answers.filter((each) => each === answer).length;
    expect([count('admitted'), count('attempts_exhausted')]).toEqual([5, 11]);
    expect(
      await one.probe.count(
        `captures WHERE subject_id = $1 AND state = 'decided' AND purpose = 'verification'`,
        [subjectId],
      ),
    ).toBe(5);
    expect(await read(subjectId)).toMatchObject({ failuresLeft: 0, inconclusiveLeft: 3, inFlight: false });
  });

  it('refuses another before a camera is switched on, and says when to come again', async () => {
    const subjectId = await enrolled();
    for (let i = 0; i < 5; i++) await verify(subjectId, STRANGER);
    const refused: unknown = await one.started('verification', subjectId).catch((error: unknown) => error);
    expect(refused).toMatchObject(EXHAUSTED);
    const { retryAfterSeconds } = refused as { retryAfterSeconds: number };
    expect(retryAfterSeconds).toBeGreaterThan(800);
    expect(retryAfterSeconds).toBeLessThanOrEqual(900);
    // What needs no reference of the person goes on.
    await expect(one.started('liveness', subjectId)).resolves.toBeDefined();
    await later(subjectId, 900);
    expect(await verify(subjectId, STRANGER)).toEqual(['rejected/no_match']);
    // The sixth failure in a row: a pause, though the new window has room.
    expect((await read(subjectId)).failuresLeft).toBe(4);
    await expect(one.started('verification', subjectId)).rejects.toMatchObject(EXHAUSTED);
    await later(subjectId, 30);
    await expect(one.started('verification', subjectId)).resolves.toBeDefined();
  });

  it('gives infrastructure failures back, at the deadline too', async () => {
    const subjectId = await enrolled();
    for (let i = 0; i < 6; i++) {
      const job = await one.submitted('verification', subjectId);
      await one.handle('decision', job);
      expect((await one.probe.effects(job.captureId)).outcomes).toEqual(['inconclusive/processing_failed']);
    }
    const overdue = await one.submitted('verification', subjectId);
    await one.probe.rows(`UPDATE captures SET deadline_at = now(), next_check_at = now() WHERE id = $1`, [
      overdue.captureId,
    ]);
    await one.newSweeper().sweepDue();
    expect((await one.probe.effects(overdue.captureId)).outcomes).toEqual(['inconclusive/processing_failed']);
    expect(await read(subjectId)).toMatchObject({ failuresLeft: 5, inconclusiveLeft: 3, retryAt: null });
    expect(await one.probe.count('subject_attempts WHERE subject_id = $1', [subjectId])).toBe(0);
  });

  it('keeps the inconclusive apart from the failures', async () => {
    const subjectId = await enrolled();
    await verify(subjectId, STRANGER);
    for (let i = 0; i < 2; i++) expect(await verify(subjectId, NOBODY)).toEqual(['inconclusive/no_face']);
    expect(await read(subjectId)).toMatchObject({ failuresLeft: 4, inconclusiveLeft: 1, retryAt: null });
    await verify(subjectId, NOBODY);
    await expect(one.started('verification', subjectId)).rejects.toMatchObject(EXHAUSTED);
    expect(await read(subjectId)).toMatchObject({
      failuresLeft: 4,
      inconclusiveLeft: 0,
      consecutiveFailures: 1,
    });
  });

  it('forgets the failures of whoever is accepted', async () => {
    const subjectId = await enrolled();
    for (let i = 0; i < 4; i++) await verify(subjectId, STRANGER);
    expect(await verify(subjectId, usual)).toEqual(['accepted/accepted']);
    expect(await read(subjectId)).toMatchObject({
      failuresLeft: 5,
      inconclusiveLeft: 3,
      consecutiveFailures: 0,
    });
  });

  it('releases what a cancelled capture had reserved', async () => {
    const subjectId = await enrolled();
    const job = await one.submitted('verification', subjectId);
    expect((await read(subjectId)).inFlight).toBe(true);
    await expect(one.submitted('verification', subjectId)).rejects.toMatchObject({
      code: 'capture_in_flight',
    });
    await one.cancelCapture.execute(one.caller, job.captureId);
    expect(await read(subjectId)).toMatchObject({ inFlight: false, failuresLeft: 5, inconclusiveLeft: 3 });
    expect(await verify(subjectId, usual)).toEqual(['accepted/accepted']);
  });

  it('disables the face after so many in a row, for a time that ends, or until another factor has spoken', async () => {
    const subjectId = await enrolled();
    for (let i = 0; i < 8; i++) {
      await later(subjectId, 900);
      await verify(subjectId, STRANGER);
    }
    await later(subjectId, 3_500);
    expect(await read(subjectId)).toMatchObject({ disabled: true, consecutiveFailures: 8, failuresLeft: 5 });
    await expect(one.started('verification', subjectId)).rejects.toMatchObject(EXHAUSTED);
    await later(subjectId, 101);
    expect(await read(subjectId)).toMatchObject({ disabled: false, retryAt: null });
    await verify(subjectId, STRANGER);
    await later(subjectId, 3_700);
    expect(await read(subjectId)).toMatchObject({ disabled: true, consecutiveFailures: 9 });
    expect(await attempts.reset(one.caller, subjectId, 'other_factor')).toEqual({
      subjectId,
      failuresLeft: 5,
      inconclusiveLeft: 3,
      consecutiveFailures: 0,
      disabled: false,
      retryAt: null,
      inFlight: false,
    });
    expect(await verify(subjectId, usual)).toEqual(['accepted/accepted']);
    const events = await one.probe.rows(
      `SELECT outcome, actor_id, detail FROM audit_events WHERE action = 'subject.attempts_reset' AND target_id = $1`,
      [subjectId],
    );
    expect(events).toEqual([
      {
        outcome: 'success',
        actor_id: 'test',
        detail: { reason: 'other_factor', failures: 1, inconclusive: 0, consecutiveFailures: 9 },
      },
    ]);
  });

  it('counts each decision once, however many workers take it', async () => {
    const subjectId = await enrolled();
    const job = await one.submitted('verification', subjectId);
    one.extract = STRANGER;
    await one.runStages(job, 'liveness');
    await Promise.all([1, 2, 3].map(() => one.handle('decision', job, { pipeline: one.newPipeline() })));
    expect(await read(subjectId)).toMatchObject({ failuresLeft: 4, consecutiveFailures: 1 });
  });

  it('reads old policies, which knew no limits, with the default ones', async () => {
    await one.probe.rows(`UPDATE policies SET body = body - 'attempts'`);
    try {
      expect(await read(await enrolled())).toMatchObject({ failuresLeft: 5, inconclusiveLeft: 10 });
    } finally {
      await one.probe.rows(
        `UPDATE policies SET body = jsonb_set(body, '{attempts}', $1) WHERE version = (SELECT max(version) FROM policies)`,
        [LIMITS],
      );
    }
  });

  it('goes with the subject', async () => {
    const subjectId = await enrolled();
    await verify(subjectId, STRANGER);
    await one.subjects.erase(one.caller, subjectId);
    expect(await one.probe.count('subject_attempts WHERE subject_id = $1', [subjectId])).toBe(0);
    await expect(read(subjectId)).rejects.toMatchObject({ code: 'subject_not_found' });
    await expect(attempts.reset(one.caller, subjectId, 'other_factor')).rejects.toMatchObject({
      code: 'subject_not_found',
    });
  });
});
