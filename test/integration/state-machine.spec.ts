import { CAPTURE_STATES, type CaptureState, TRANSITIONS } from '#captures';
// eslint-disable-next-line no-restricted-imports -- the guarded UPDATE is internal to the use cases, and worth a test of its own
import { moveCapture } from '../../libs/captures/src/capture.repository.js';
import { InProcess } from '../support/stack-in-process.js';

describe('the state machine of a capture', () => {
  let one: InProcess;
  let captureId: string;

  beforeAll(async () => {
    one = await InProcess.open();
    ({ captureId } = await one.submitted('liveness'));
  });
  afterAll(() => one?.close());

  const put = (state: CaptureState) =>
    one.probe.rows(`UPDATE captures SET state = $2, ended_at = NULL, next_check_at = now() WHERE id = $1`, [
      captureId,
      state,
    ]);
  const move = (to: CaptureState) =>
    one.unitOfWork.inTenant(one.tenantId, (manager) => moveCapture(manager, captureId, to));
  const read = () =>
    one.probe.one<{ state: CaptureState; ended: boolean; checked: boolean }>(
      `SELECT state, ended_at IS NOT NULL AS ended, next_check_at IS NOT NULL AS checked FROM captures WHERE id = $1`,
      [captureId],
    );

  /** Written out, so that a change of the table shows here. */
  const ALLOWED: readonly `${CaptureState} → ${CaptureState}`[] = [
    'created → started',
    'created → expired',
    'created → cancelled',
    'started → submitted',
    'started → expired',
    'started → cancelled',
    'submitted → processing',
    'submitted → cancelled',
    'processing → decided',
    'processing → cancelled',
  ];

  it.each(CAPTURE_STATES)('moves from %s only where it may', async (from) => {
    for (const to of CAPTURE_STATES) {
      await put(from);
      const allowed = ALLOWED.includes(`${from} → ${to}`);
      expect({ from, to, moved: await move(to) }).toEqual({ from, to, moved: allowed });
      const { state, ended, checked } = await read();
      expect({ from, to, state }).toEqual({ from, to, state: allowed ? to : from });
      if (allowed) {
        const final = TRANSITIONS[to].length === 0;
        expect({ to, ended, checked }).toEqual({ to, ended: final, checked: !final });
      }
    }
  });

  it('lets one of eight concurrent moves through', async () => {
    await put('submitted');
    const moved = await Promise.all(Array.from({ length: 8 }, () => move('processing')));
    expect(moved.filter(Boolean)).toHaveLength(1);
    await put('processing');
    const ends = ['decided', 'cancelled', 'decided', 'cancelled', 'decided'] as const;
    expect((await Promise.all(ends.map(move))).filter(Boolean)).toHaveLength(1);
  });

  it('knows no other state, and no submitted capture without deadline, digest and next check', async () => {
    await expect(put('lost' as CaptureState)).rejects.toMatchObject({ code: '23514' });
    await put('submitted');
    for (const column of ['deadline_at', 'submission_digest', 'next_check_at']) {
      await expect(
        one.probe.rows(`UPDATE captures SET ${column} = NULL WHERE id = $1`, [captureId]),
      ).rejects.toMatchObject({ code: '23514' });
    }
  });

  it('starts once, whoever asks', async () => {
    const { id } = await one.createCapture.execute(one.caller, { purpose: 'liveness' });
    const starts = await Promise.allSettled(
      Array.from({ length: 8 }, () => one.startCapture.execute(one.caller, id)),
    );
    expect(starts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await one.probe.effects(id)).audit).toMatchObject({ 'capture.started': 1 });
  });
});
