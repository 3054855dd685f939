import sharp from 'sharp';
import { STAGES } from '#queue';
import type { Child } from '#supervisor';
import { pictures } from '../api/support/pictures.js';
import { type ApiClient } from '../support/api-client.js';
import { startTestStack, type TestStack } from '../support/stack.js';
import { portraitFrames } from '../support/stack-frames.js';
import { until } from '../support/wait.js';

const POLLS = 200;
const AT_ONCE = 8;
const WAIT_S = 30;
/** What is promised, and what most waits keep however busy the machine is. */
const RETURN_WITHIN_MS = 1_000;
/** Far from a wait that was never woken: a stalled machine fails none. */
const WOKEN_WITHIN_MS = 10_000;

describe('reading captures from two API processes', () => {
  let test: TestStack;
  let apis: ApiClient[];

  beforeAll(async () => {
    // The queue is left alone: what is decided here, the sweeper decides when the test makes it due.
    const env = { SWEEP_CHECK_AFTER_MS: '600000', SWEEP_INTERVAL_MS: '100' };
    test = await startTestStack({ apis: 2, workers: 0, redisUrl: process.env.TEST_REDIS_URL, env });
    apis = test.stack.urls.map((url) => test.api.at(url));
  });
  afterAll(() => test?.stop());

  const apiOf = (index: number) => apis[index % apis.length] as ApiClient;
  const poll = (api: ApiClient, id: string) => api.read(id, WAIT_S);

  it(`wakes each of ${POLLS} concurrent long-polls by its decision`, async () => {
    const worker = await test.stack.startWorker({ WORKER_STAGES: 'decision' });
    const frames = await pictures(5);
    const ids: string[] = [];
    const submitting = Array.from({ length: AT_ONCE }, async (_, index) => {
      while (ids.length < POLLS) {
        const place = ids.push('') - 1;
        ids[place] = await apiOf(index).submitted({ purpose: 'liveness' }, frames);
      }
    });
    await Promise.all(submitting);
    await until(async () => (await test.probe.count('outbox')) === 0);

    const polls = ids.map(async (id, index) => {
      const { decision } = await poll(apiOf(index), id);
      return { returnedAt: Date.now(), decidedAt: Date.parse(decision?.decidedAt ?? '') };
    });
    // Answered behind the long-polls, which are all waiting then.
    for (const [index, api] of apis.entries()) await api.read(ids[index] as string);
    await test.probe.rows('UPDATE captures SET deadline_at = now(), next_check_at = now()');

    const answers = await Promise.all(polls);
    const decided = answers.map(({ decidedAt }) => decidedAt);
    expect(decided.filter(Number.isNaN)).toEqual([]);
    // One after the other, so that they are woken by their own decision and not all by one look.
    expect(Math.max(...decided) - Math.min(...decided)).toBeGreaterThan(0);
    const late = answers.map(({ returnedAt, decidedAt }) => returnedAt - decidedAt);
    expect(late.filter((ms) => ms > RETURN_WITHIN_MS).length).toBeLessThan(POLLS / 2);
    expect(late.filter((ms) => ms > WOKEN_WITHIN_MS)).toEqual([]);
    await worker.stop(60_000);
  });

  describe('of a real capture', () => {
    let id: string;
    let worker: Child;

    beforeAll(async () => {
      worker = await test.stack.startWorker();
      const subjectId = await test.api.consentingSubject();
      id = await test.api.submitted({ purpose: 'enrolment', subjectId }, await portraitFrames());
      await test.api.decided(id);
    });
    afterAll(() => worker?.stop(60_000));

    it('shows when every stage was queued, began and ended, one after the other', async () => {
      const { stages, submittedAt, decision } = await apiOf(1).read(id);
      expect(stages.map(({ stage, status }) => [stage, status])).toEqual(
        STAGES.map((stage) => [stage, 'done']),
      );
      expect(stages[0]?.queuedAt).toBe(submittedAt);
      for (const [index, stage] of stages.entries()) {
        expect(stage).toMatchObject({ attempts: 1 });
        if (index > 0) expect(stage.queuedAt).toBe(stages[index - 1]?.finishedAt);
        const moments = [stage.queuedAt, stage.startedAt, stage.finishedAt].map((each) =>
          Date.parse(each ?? ''),
        );
        const [queued, started, finished] = moments as [number, number, number];
        expect([stage.waitMs, stage.durationMs]).toEqual([started - queued, finished - started]);
        expect(Math.min(started - queued, finished - started)).toBeGreaterThanOrEqual(0);
      }
      expect(Date.parse(decision?.decidedAt ?? '')).toBeLessThanOrEqual(
        Date.parse(stages[4]?.finishedAt ?? ''),
      );
    });

    it('shows a reviewer the risk cues of its pictures', async () => {
      const { review } = await apiOf(0).read(id);
      const number = expect.any(Number) as number;
      expect(review?.signals.liveness).toMatchObject({
        'cue.moire': number,
        'cue.colourSpread': number,
        'cue.skinSpread': number,
        'cue.blackLevel': number,
        'cue.noise': number,
        'cue.noiseMismatch': number,
        // These frames differ in size, so that no place of one is that of another.
        'cue.noiseRepeat': null,
      });
    });

    it('hands out what its stages drew, as what it says', async () => {
      const { body } = await apiOf(1).send<{ items: { name: string; mediaType: string; bytes: number }[] }>(
        'GET',
        `/v1/captures/${id}/artifacts`,
      );
      expect(body.items.map(({ name }) => name)).toEqual([
        'depth.png',
        'mesh.glb',
        'mesh.obj',
        'overlay.png',
      ]);
      for (const { name, mediaType, bytes } of body.items) {
        const file = await apiOf(0).download(`/v1/captures/${id}/artifacts/${name}`);
        const content = file.body;
        expect([file.status, file.headers.get('content-type')]).toEqual([200, mediaType]);
        expect(content.length).toBe(bytes);
        if (mediaType === 'image/png') expect((await sharp(content).metadata()).width).toBeGreaterThan(0);
        if (name === 'mesh.glb') expect(content.toString('latin1', 0, 4)).toBe('glTF');
        if (name === 'mesh.obj') expect(content.toString('latin1')).toMatch(/^v -?\d/m);
      }
      const read = `audit_events WHERE action = 'capture.artifact_read' AND target_id = $1`;
      expect(await test.probe.count(read, [id])).toBe(4);
    });

    it('keeps that no longer than its frames', async () => {
      await test.probe.rows(`UPDATE pending_blobs SET due_at = now()`);
      const code = async () =>
        (await apiOf(1).send('GET', `/v1/captures/${id}/artifacts/mesh.glb`)).body.code;
      await until(async () => (await code()) === 'artifact_expired');
    });
  });

  it('answers its long-polls when a process ends, which ends in time and in order', async () => {
    const api = await test.stack.startApi();
    const { id } = await test.api.create({ purpose: 'liveness' });
    const answer = poll(test.api.at(api.url as string), id);
    await test.api.at(api.url as string).read(id);
    await api.stop(60_000);
    expect((await answer).state).toBe('created');
    expect(await api.exited).toMatchObject({ code: 0 });
  });
});
