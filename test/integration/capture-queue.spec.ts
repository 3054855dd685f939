import { CaptureQueue } from '#captures';
import { InProcess } from '../support/stack-in-process.js';

const DEADLINE_SECONDS = 120;

describe('the place of a capture in the queue', () => {
  let one: InProcess;
  let queue: CaptureQueue;

  beforeAll(async () => {
    one = await InProcess.open();
    queue = new CaptureQueue(one.unitOfWork, { deadlineMs: DEADLINE_SECONDS * 1_000 });
  });
  afterAll(() => one?.close());
  beforeEach(() => one.probe.rows('DELETE FROM captures'));

  const submitted = async () => (await one.submitted('liveness')).captureId;

  /** Captures that were decided a minute apart, the latest a minute ago, each so many seconds after its submission. */
  async function decided(count: number, seconds: number): Promise<void> {
    for (let minutes = 1; minutes <= count; minutes++) {
      const job = await one.submitted('liveness');
      await one.runStages(job);
      await one.probe.rows(
        `UPDATE captures SET ended_at = now() - $2 * interval '1 minute',
           submitted_at = now() - $2 * interval '1 minute' - $3 * interval '1 second' WHERE id = $1`,
        [job.captureId, minutes, seconds],
      );
    }
  }

  it('counts what was submitted before and is not decided, and takes as long as the latest did', async () => {
    await decided(3, 20);
    const ids = [await submitted(), await submitted(), await submitted()];
    const places = await Promise.all(ids.map((id) => queue.placeOf(id)));
    expect(places).toEqual([
      { state: 'submitted', position: 1, etaSeconds: 20 },
      { state: 'submitted', position: 2, etaSeconds: 40 },
      { state: 'submitted', position: 3, etaSeconds: 60 },
    ]);
    await one.runStages({ v: 1, tenantId: one.tenantId, captureId: ids[0] as string, generation: 1 });
    expect(await queue.placeOf(ids[0] as string)).toEqual({ state: 'decided', position: 0, etaSeconds: 0 });
    expect(await queue.placeOf(ids[2] as string)).toMatchObject({ position: 2 });
  });

  it('has an order even for what was submitted at the same moment', async () => {
    const ids = [await submitted(), await submitted(), await submitted()];
    await one.probe.rows('UPDATE captures SET submitted_at = now()');
    const positions = await Promise.all(ids.map(async (id) => (await queue.placeOf(id)).position));
    expect(positions.sort()).toEqual([1, 2, 3]);
  });

  it('takes longer while nothing is decided, but never longer than the deadline lets it', async () => {
    await decided(3, 1);
    const waiting = await submitted();
    const stand = (seconds: number) =>
      one.probe.rows(`UPDATE captures SET submitted_at = now() - $2 * interval '1 second' WHERE id = $1`, [
        waiting,
        seconds,
      ]);
    const last = await submitted();
    const { etaSeconds: soon } = await queue.placeOf(last);
    await stand(40);
    const { etaSeconds: later } = await queue.placeOf(last);
    expect(later).toBeGreaterThan(soon);
    await one.probe.rows(
      `UPDATE captures SET ended_at = ended_at - interval '10 minutes' WHERE state = 'decided'`,
    );
    await stand(3_600);
    expect((await queue.placeOf(last)).etaSeconds).toBe(DEADLINE_SECONDS);
  });

  it('is told without any decision to learn from', async () => {
    const captureId = await submitted();
    // Ahead of time, so that however slow this machine is it does not seem to have waited.
    await one.probe.rows(`UPDATE captures SET submitted_at = now() + interval '10 minutes'`);
    expect(await queue.placeOf(captureId)).toEqual({
      state: 'submitted',
      position: 1,
      etaSeconds: 1,
    });
  });

  it('is none of a capture that was erased', async () => {
    const captureId = await submitted();
    await one.probe.rows('DELETE FROM captures');
    await expect(queue.placeOf(captureId)).rejects.toMatchObject({ code: 'capture_not_found' });
  });
});
