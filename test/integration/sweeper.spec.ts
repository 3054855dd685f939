import { type StageJob, STAGES } from '#queue';
import { InProcess } from '../support/stack-in-process.js';
import { until } from '../support/wait.js';

describe('the sweeper', () => {
  let one: InProcess;
  let missing: InProcess['states'];
  beforeAll(async () => {
    one = await InProcess.open();
    missing = one.states;
  });
  afterAll(() => one?.close());
  beforeEach(async () => {
    one.states = missing;
    await one.probe.rows(
      "UPDATE captures SET next_check_at = now() + interval '1 hour' WHERE next_check_at IS NOT NULL",
    );
  });

  /** Several sweepers at once, as in several workers, until nothing is due. */
  async function sweep(): Promise<void> {
    await Promise.all(
      [1, 2, 3].map(async () => {
        const sweeper = one.newSweeper();
        for (let round = 0; round < 3; round++) await sweeper.sweepDue();
      }),
    );
  }
  const due = (captureId: string, changes = '') =>
    one.probe.rows(`UPDATE captures SET next_check_at = now() ${changes} WHERE id = $1`, [captureId]);
  const relayed = (captureId: string) =>
    one.probe.rows('DELETE FROM outbox WHERE aggregate_id = $1', [captureId]);
  const inState = (
    state: 'waiting' | 'active' | 'delayed' | 'failed' | 'completed',
    stage: (typeof STAGES)[number],
  ) => {
    one.states = { ...missing, [stage]: state };
  };
  const statesWithFrames = async (captureId: string) =>
    (await one.blobKeys()).filter((key) => key.includes(captureId)).length;

  it('expires what was created and never started', async () => {
    const { id } = await one.createCapture.execute(one.caller, { purpose: 'liveness' });
    await due(id);
    await sweep();
    expect(await one.probe.effects(id)).toMatchObject({ state: 'created' });
    await due(id, ', expires_at = now()');
    await sweep();
    expect(await one.probe.effects(id)).toMatchObject({ state: 'expired', audit: { 'capture.expired': 1 } });
    await expect(one.startCapture.execute(one.caller, id)).rejects.toMatchObject({ code: 'capture_expired' });
  });

  it('expires what was started and never submitted; a late submission leaves nothing', async () => {
    const id = await one.started('liveness');
    await due(id, `, submit_by = now() - interval '1 minute'`);
    await sweep();
    expect(await one.probe.effects(id)).toMatchObject({ state: 'expired', audit: { 'capture.expired': 1 } });
    await expect(one.submit(id)).rejects.toMatchObject({ code: 'capture_expired' });
    expect(await statesWithFrames(id)).toBe(0);
  });

  it('submits or expires, never both, when they race', async () => {
    for (let round = 0; round < 4; round++) {
      const id = await one.started('liveness');
      await one.probe.rows(
        `UPDATE captures SET submit_by = now() + interval '40 milliseconds' WHERE id = $1`,
        [id],
      );
      await Promise.allSettled([
        one.submit(id),
        (async () => {
          for (let check = 0; check < 6; check++) {
            await one.probe.rows(
              `UPDATE captures SET next_check_at = now() WHERE id = $1 AND state = 'started'`,
              [id],
            );
            await sweep();
          }
        })(),
      ]);
      const { state, audit, outbox } = await one.probe.effects(id);
      const submitted = state === 'submitted' ? 1 : 0;
      expect(['submitted', 'expired']).toContain(state);
      expect([audit['capture.submitted'] ?? 0, audit['capture.expired'] ?? 0, outbox]).toEqual([
        submitted,
        1 - submitted,
        submitted,
      ]);
      if (submitted) expect(await statesWithFrames(id)).toBe(5);
    }
  });

  it('raises the generation once, however many sweepers look', async () => {
    const { captureId } = await one.submitted('liveness');
    await relayed(captureId);
    await due(captureId);
    await sweep();
    expect(await one.probe.effects(captureId)).toMatchObject({
      generation: 2,
      outbox: 1,
      audit: { 'capture.requeued': 1 },
    });
  });

  it('raises the generation once when two sweepers hear of the same loss', async () => {
    const { captureId } = await one.submitted('liveness');
    await relayed(captureId);
    const answersAtOnce = one.queueStates;
    let asked = 0;
    one.queueStates = async () => {
      asked += 1;
      await until(() => asked === 2);
      return one.states;
    };
    try {
      await due(captureId);
      const first = one.newSweeper().sweepDue();
      await until(() => asked === 1);
      await due(captureId);
      await Promise.all([first, one.newSweeper().sweepDue()]);
    } finally {
      one.queueStates = answersAtOnce;
    }
    expect(asked).toBe(2);
    expect(await one.probe.effects(captureId)).toMatchObject({
      generation: 2,
      outbox: 1,
      audit: { 'capture.requeued': 1 },
    });
  });

  it('waits for a message that is still in the outbox', async () => {
    const { captureId } = await one.submitted('liveness');
    await due(captureId);
    await sweep();
    expect(await one.probe.effects(captureId)).toMatchObject({ generation: 1, outbox: 1 });
  });

  it.each(['waiting', 'active', 'delayed'] as const)(
    'leaves a flow alone that has a job %s',
    async (state) => {
      const { captureId } = await one.submitted('liveness');
      await relayed(captureId);
      inState(state, 'mesh');
      await due(captureId);
      await sweep();
      expect(await one.probe.effects(captureId)).toMatchObject({ generation: 1, outbox: 0 });
    },
  );

  it.each(['failed', 'completed'] as const)(
    'queues a flow anew of which only a job %s is left',
    async (state) => {
      const { captureId } = await one.submitted('liveness');
      await relayed(captureId);
      inState(state, 'extraction');
      await due(captureId);
      await sweep();
      expect(await one.probe.effects(captureId)).toMatchObject({ generation: 2, outbox: 1 });
    },
  );

  it('goes on where the lost flow stopped', async () => {
    const job = await one.submitted('enrolment', await one.subject());
    await one.runStages(job, 'mesh');
    await relayed(job.captureId);
    await due(job.captureId);
    await sweep();
    const next: StageJob = { ...job, generation: 2 };
    const reports = [];
    for (const stage of STAGES) reports.push((await one.handle(stage, next)).result);
    expect(reports).toEqual(['stale', 'stale', 'stale', 'skipped', 'decided']);
    expect(await one.probe.effects(job.captureId)).toMatchObject({
      outcomes: ['accepted/accepted'],
      references: 1,
      results: [...STAGES],
    });
  });

  it.each([0, 1, 4])('past the deadline decides processing_failed, once, after %i stages', async (done) => {
    const job = await one.submitted('enrolment', await one.subject());
    const last = STAGES[done - 1];
    if (last) await one.runStages(job, last);
    await due(job.captureId, ', deadline_at = now()');
    await sweep();
    const expected = {
      state: 'decided',
      outcomes: ['inconclusive/processing_failed'],
      references: 0,
      audit: { 'capture.decided': 1 },
    };
    expect(await one.probe.effects(job.captureId)).toMatchObject(expected);
    for (const stage of STAGES) expect((await one.handle(stage, job)).result).toBe('stale');
    expect(await one.probe.effects(job.captureId)).toMatchObject(expected);
  });

  it('decides once when the deadline and the decision race', async () => {
    for (let round = 0; round < 6; round++) {
      const job = await one.submitted('enrolment', await one.subject());
      await one.runStages(job, 'liveness');
      await due(job.captureId, ', deadline_at = now()');
      const race = [() => sweep(), () => one.handle('decision', job)];
      await Promise.all((round % 2 ? race : race.reverse()).map((run) => run()));
      const { state, outcomes, references, audit } = await one.probe.effects(job.captureId);
      expect({ state, decided: audit['capture.decided'] }).toEqual({ state: 'decided', decided: 1 });
      expect(['inconclusive/processing_failed', 'accepted/accepted']).toContain(outcomes.join());
      expect(references).toBe(outcomes[0] === 'accepted/accepted' ? 1 : 0);
    }
  });

  it('looks at what has ended no more', async () => {
    const job = await one.submitted('liveness');
    await one.runStages(job);
    expect(await one.probe.count('captures WHERE id = $1 AND next_check_at IS NULL', [job.captureId])).toBe(
      1,
    );
  });
});

describe('the reaper', () => {
  let one: InProcess;
  beforeAll(async () => {
    one = await InProcess.open();
  });
  afterAll(() => one?.close());
  const reapAll = async () => {
    await Promise.all(
      [one.reaper, one.reaper].map(async (reaper) => {
        while ((await reaper.reapDue()) > 0);
      }),
    );
  };

  it('removes what is due, whole prefixes, and nothing else', async () => {
    const kept = await one.submitted('liveness');
    const gone = await one.submitted('liveness');
    await one.cancelCapture.execute(one.caller, gone.captureId);
    await reapAll();
    const keys = await one.blobKeys();
    expect(keys.filter((key) => key.includes(kept.captureId))).toHaveLength(5);
    expect(keys.filter((key) => key.includes(gone.captureId))).toEqual([]);
    expect(await one.probe.count('pending_blobs')).toBe(0);
  });

  it('keeps the frames of a decided capture for the retention, then removes them', async () => {
    const job = await one.submitted('liveness');
    await one.runStages(job);
    await reapAll();
    const ofCapture = async () => (await one.blobKeys()).filter((key) => key.includes(job.captureId)).length;
    expect(await ofCapture()).toBeGreaterThan(5);
    await one.probe.rows('UPDATE pending_blobs SET due_at = now()');
    await reapAll();
    expect(await ofCapture()).toBe(0);
  });

  it.each([
    ['as the installation has it', null, 3_600_000],
    ['as its tenant settled it', 60_000, 60_000],
    ['not at all', 0, 0],
    [
      "within the installation's bound, whatever its tenant settled before it was lowered",
      86_400_000,
      7_200_000,
    ],
  ])('frames of a decision are kept %s', async (_how, settledMs, keptMs) => {
    await one.probe.rows('UPDATE tenants SET frame_retention_ms = $1 WHERE id = $2', [
      settledMs,
      one.tenantId,
    ]);
    const job = await one.submitted('liveness');
    await one.runStages(job);
    const { kept } = await one.probe.one<{ kept: number }>(
      `SELECT extract(epoch FROM due_at - decided_at)::float8 * 1000 AS kept FROM pending_blobs, decisions
       WHERE prefix LIKE $1 AND capture_id = $2`,
      [`%${job.captureId}/`, job.captureId],
    );
    expect(Math.abs(kept - keptMs)).toBeLessThan(30_000);
    await one.probe.rows('UPDATE tenants SET frame_retention_ms = NULL');
    await one.probe.rows('UPDATE pending_blobs SET due_at = now()');
    await reapAll();
  });

  it('forgets a prefix only after its blobs are gone, and goes on with the others', async () => {
    const [stuck, gone] = [await one.submitted('liveness'), await one.submitted('liveness')];
    for (const { captureId } of [stuck, gone]) await one.cancelCapture.execute(one.caller, captureId);
    await one.probe.rows(`UPDATE pending_blobs SET due_at = now() - interval '1 hour' WHERE prefix LIKE $1`, [
      `%${stuck.captureId}/`,
    ]);
    const keysOf = async ({ captureId }: { captureId: string }) =>
      (await one.blobKeys()).filter((key) => key.includes(captureId)).length;
    const remove = one.blobs.deletePrefix.bind(one.blobs);
    const failing = jest
      .spyOn(one.blobs, 'deletePrefix')
      .mockImplementation((prefix) =>
        prefix.includes(stuck.captureId) ? Promise.reject(new Error('store away')) : remove(prefix),
      );
    expect(await one.reaper.reapDue()).toBe(1);
    expect(one.unremoved).toEqual([new Error('store away')]);
    expect([await keysOf(stuck), await keysOf(gone)]).toEqual([5, 0]);
    expect(await one.probe.count('pending_blobs WHERE due_at > now()')).toBe(1);
    failing.mockRestore();
    await one.probe.rows('UPDATE pending_blobs SET due_at = now()');
    await reapAll();
    expect(await keysOf(stuck)).toBe(0);
  });

  it('removes what a refused submission had already stored', async () => {
    const id = await one.started('liveness');
    const broken = one.submitCapture.execute(one.caller, id, async (upload) => {
      await upload.add(Buffer.from('no picture'), false);
    });
    await expect(broken).rejects.toMatchObject({ code: 'frame_unreadable' });
    expect((await one.blobKeys()).filter((key) => key.includes(id))).toEqual([]);
    await one.submit(id);
    expect(await one.probe.effects(id)).toMatchObject({ state: 'submitted' });
  });
});
