import { createHash, randomBytes } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import {
  type Action,
  canonicalFace,
  createTrajectoryHasher,
  estimatePose,
  type Projection,
  PROJECTION_BITS,
  type Traces,
  TRAJECTORY_BYTES,
  TRAJECTORY_KEY_BYTES,
} from '#biometrics';
import { RecentCaptures } from '#captures';
import { createSubject, liveLandmarks } from '#simulator';
import { InProcess } from '../support/stack-in-process.js';

type Capture = Parameters<RecentCaptures['compare']>[0];

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
    const [first, again, reversed] = [await captureOf(stack), await captureOf(stack), await captureOf(stack)];
    const alike = async (capture: Capture, projections: Projection[], bits: number) =>
      (await recent.compare(capture, { projections, trajectory: null }, bits)).nearDuplicates;
    expect(await alike(first, frames, 16)).toBe(0);
    expect(await alike(first, frames, 16)).toBe(0); // a stage that runs twice does not find itself
    expect(await alike(again, nearly, 16)).toBe(8);
    expect(await alike(first, frames, 16)).toBe(0); // nor what came after it
    expect(await alike(again, nearly, 16)).toBe(8);
    expect(await alike(reversed, [...frames].reverse(), 1)).toBe(1);
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
      const capture = await captureOf(stack);
      ids.push(capture.id);
      await recent.compare(capture, { projections: [randomBytes(32)], trajectory: null }, 16);
    }
    expect((await kept()).map((row) => row.capture_id)).toEqual(ids.slice(-3));
  });
});

describe('a performance that comes again', () => {
  let stack: InProcess;
  beforeAll(async () => (stack = await InProcess.open({ requiredPadLevel: 'challenge' })));
  afterAll(() => stack.close());

  const hasher = createTrajectoryHasher(
    createHash('shake256', { outputLength: TRAJECTORY_KEY_BYTES }).update('key of a test').digest(),
  );
  const subjectOf = async () => {
    const [width, height] = [240, 280];
    const portrait = { width, height, data: new Uint8Array(3 * width * height).fill(150) };
    const landmarks = canonicalFace().map((value, i) => value + ([120, 115, 0][i % 3] ?? 0));
    return createSubject(portrait, { landmarks }, 1);
  };
  /** Traces as the liveness stage leaves them; no frame of any capture is like one of another. */
  const tracesOf = (views: readonly Float32Array[]): Traces => ({
    projections: views.map(() => randomBytes(PROJECTION_BITS / 8)),
    trajectory: hasher.hash(
      views.map((landmarks, index) => ({ index, landmarks, pose: estimatePose(landmarks) })),
    ),
  });

  it('is rejected as a replay though no pixel is the same; the same person performing anew is accepted', async () => {
    const recent = new RecentCaptures(stack.unitOfWork);
    const subject = await subjectOf();
    const performed = (seed: number) =>
      liveLandmarks(subject, { challenge: ['turn_left', 'blink', 'nod'], seed, desk: 1 });
    const first = await performed(1);
    const decisionOn = async (traces: Traces) => {
      const job = await stack.submitted('liveness');
      stack.liveness = async ({ capture, policy }) => ({
        status: 'done',
        scalars: {
          ...signalsOf(capture.actions ?? []),
          ...(await recent.compare(capture, traces, policy.pad.nearDuplicateBits)),
        },
      });
      await stack.runStages(job);
      const { decision, review } = await stack.readCapture.execute(stack.tenantId, job.captureId, true);
      return { outcome: decision?.outcome, reason: review?.reason };
    };
    const accepted = { outcome: 'accepted', reason: 'accepted' };
    expect(await decisionOn(tracesOf(first))).toEqual(accepted);
    expect(await decisionOn(tracesOf(filtered(first)))).toEqual({
      outcome: 'rejected',
      reason: 'replay_detected',
    });
    expect(await decisionOn(tracesOf(await performed(2)))).toEqual(accepted);
    // What hardly moved is told by its frames; that it did as it was asked, other gates say.
    const few = { projections: [randomBytes(32)], trajectory: null };
    expect(await decisionOn(few)).toEqual(accepted);
  });

  it('is looked for only where something was remembered of it, and forgotten with its subject', async () => {
    const recent = new RecentCaptures(stack.unitOfWork);
    const remembered = () =>
      stack.unitOfWork.inTenant(stack.tenantId, (manager) =>
        manager.query<{ capture_id: string }[]>('SELECT capture_id FROM capture_projections'),
      );
    await stack.unitOfWork.inTenant(stack.tenantId, (manager) =>
      manager.query('DELETE FROM capture_projections'),
    );
    const before = await captureOf(stack);
    await stack.unitOfWork.inTenant(stack.tenantId, (manager) =>
      manager.query(
        `INSERT INTO capture_projections (capture_id, tenant_id, projections) VALUES ($1, $2, '')`,
        [before.id, stack.tenantId],
      ),
    );
    const subjectId = await stack.subject();
    const traces: Traces = { projections: [], trajectory: new Uint8Array(TRAJECTORY_BYTES).fill(0xaa) };
    expect(await recent.compare(await captureOf(stack, subjectId), traces, 16)).toMatchObject({
      trajectoryDistance: 1,
    });
    expect(await recent.compare(await captureOf(stack), traces, 16)).toMatchObject({ trajectoryDistance: 0 });
    expect(await remembered()).toHaveLength(3);
    await stack.subjects.erase(stack.caller, subjectId);
    const left = await remembered();
    expect(left).toHaveLength(2);
    expect(left.map(({ capture_id }) => capture_id)).toContain(before.id);
  });
});

async function captureOf(stack: InProcess, subjectId?: string): Promise<Capture> {
  const job = await stack.submitted(subjectId ? 'enrolment' : 'liveness', subjectId);
  return { id: job.captureId, tenantId: job.tenantId } as Capture;
}

/** What a filter does to what the network finds: the picture turned and enlarged, every landmark within about a pixel. */
function filtered(views: readonly Float32Array[]): Float32Array[] {
  const [cos, sin] = [1.05 * Math.cos(0.03), 1.05 * Math.sin(0.03)];
  return views.map((view, frame) =>
    view.map((value, i) => {
      const noise = 0.8 * Math.sin(31 * i + 7 * frame);
      if (i % 3 === 2) return 1.05 * value;
      const [x, y] = i % 3 === 0 ? [value, view[i + 1] ?? 0] : [view[i - 1] ?? 0, value];
      return noise + (i % 3 === 0 ? cos * x - sin * y : sin * x + cos * y);
    }),
  );
}

/** Everything else as a live head leaves it. */
function signalsOf(actions: readonly Action[]) {
  const extents = { turn_left: 20, turn_right: 20, nod: 15, blink: 0.5, open_mouth: 0.4, move_closer: 1.4 };
  return {
    stillness: 4,
    tH: 0.05,
    tQ: 0.02,
    lrA: 0.3,
    fore: 0.02,
    consistency: 0.9,
    groupConsistency: 0.9,
    tracks: 40,
    ...Object.fromEntries(actions.map((action, place) => [`extent.${place}.${action}`, extents[action]])),
  };
}
