import { randomBytes } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { type Projection, PROJECTION_BITS } from '#biometrics';
import { RecentCaptures } from '#captures';
import { InProcess } from '../support/stack-in-process.js';

/** Real PostgreSQL: what a tenant remembers of frames, and that another tenant's memory plays no part. */
describe('frames that come again', () => {
  let stack: InProcess;
  beforeAll(async () => (stack = await InProcess.open()));
  afterAll(() => stack.close());

  const duplicatesOf = async (captureId: string) =>
    stack.unitOfWork.inTenant(stack.tenantId, async (manager: EntityManager) => {
      const [row] = await manager.query<{ duplicate_frames: number }[]>(
        'SELECT duplicate_frames FROM captures WHERE id = $1',
        [captureId],
      );
      return row?.duplicate_frames;
    });

  it('are counted by their bytes at the submission, in every capture but the first', async () => {
    const first = await stack.submitted('liveness');
    const second = await stack.submitted('liveness');
    expect(await duplicatesOf(first.captureId)).toBe(0);
    expect(await duplicatesOf(second.captureId)).toBe(1); // one picture, sent five times, counts once
  });

  it('are forgotten with the capture they came in', async () => {
    const subjectId = await stack.subject();
    const remembered = async () =>
      stack.unitOfWork.inTenant(
        stack.tenantId,
        async (manager) => (await manager.query<unknown[]>('SELECT 1 FROM frame_digests')).length,
      );
    const before = await remembered();
    await stack.unitOfWork.inTenant(stack.tenantId, (manager) => manager.query('DELETE FROM frame_digests'));
    await stack.submitted('enrolment', subjectId);
    expect(await remembered()).toBe(1);
    await stack.subjects.erase(stack.caller, subjectId);
    expect(await remembered()).toBe(0);
    expect(before).toBeGreaterThan(0);
  });

  it('are recognised by projections that differ in a few bits, in order, and only within the tenant', async () => {
    const recent = new RecentCaptures(stack.unitOfWork);
    const frames: Projection[] = Array.from({ length: 8 }, () => randomBytes(PROJECTION_BITS / 8));
    const nearly = frames.map((bytes) => {
      const copy = Uint8Array.from(bytes);
      copy[0] = (copy[0] as number) ^ 0b101;
      return copy;
    });
    const captureOf = async () => {
      const { captureId: id, tenantId } = await stack.submitted('liveness');
      return { id, tenantId } as Parameters<RecentCaptures['compare']>[0];
    };
    const [first, again, reversed] = [await captureOf(), await captureOf(), await captureOf()];
    expect(await recent.compare(first, frames, 16)).toBe(0);
    expect(await recent.compare(first, frames, 16)).toBe(0); // a stage that runs twice does not find itself
    expect(await recent.compare(again, nearly, 16)).toBe(8);
    expect(await recent.compare(reversed, [...frames].reverse(), 1)).toBe(1);
  });

  it('are remembered for as many captures as are looked at, and no longer', async () => {
    const recent = new RecentCaptures(stack.unitOfWork, 2);
    const kept = () =>
      stack.unitOfWork.inTenant(stack.tenantId, (manager) =>
        manager.query<{ capture_id: string }[]>(
          'SELECT capture_id FROM capture_projections ORDER BY created_at',
        ),
      );
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) {
      const { captureId: id, tenantId } = await stack.submitted('liveness');
      ids.push(id);
      await recent.compare(
        { id, tenantId } as Parameters<RecentCaptures['compare']>[0],
        [randomBytes(32)],
        16,
      );
    }
    expect((await kept()).map((row) => row.capture_id)).toEqual(ids.slice(-3));
  });
});
