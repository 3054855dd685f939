import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import {
  type CaptureFlow,
  jobId,
  type JobContext,
  type QueueOptions,
  QueueUnavailableError,
  type StageJob,
  type StageQueue,
  STAGES,
} from '../index.js';
import { consumeAll, latch, newCapture, PATIENT, type StageQueueHarness, until } from './harness.js';

/** The behaviour every back end of the stage queue must show. */
export function stageQueueContract(harness: StageQueueHarness): void {
  let opened: StageQueue[];
  let space: string;

  beforeEach(() => {
    opened = [];
    space = `q${randomUUID().replaceAll('-', '')}`;
  });
  afterEach(() => Promise.all(opened.map((queue) => queue.close())));

  const open = async (role: QueueOptions['role'], options: Partial<QueueOptions> = {}, where = space) => {
    const queue = await harness.open(where, { ...PATIENT, backoffMs: 10, ...options, role });
    opened.push(queue);
    return queue;
  };
  const all = <T>(value: T) => Object.fromEntries(STAGES.map((stage) => [stage, value]));
  const finished = async (queue: StageQueue, { captureId, generation }: CaptureFlow) =>
    (await queue.states(captureId, generation)).decision === 'completed';

  test('runs the stages in order, each with the ids only', async () => {
    const producer = await open('producer');
    const worker = await open('worker');
    const ran = await consumeAll(worker);
    const capture = newCapture();
    await producer.enqueue(capture);
    await until(() => finished(producer, capture));
    expect(ran.map(({ stage }) => stage)).toEqual([...STAGES]);
    for (const { job, context } of ran) {
      expect(job).toEqual({ v: 1, ...capture });
      expect(context).toMatchObject({ attempt: 1, lastAttempt: false });
      expect(context.signal.aborted).toBe(false);
    }
    expect(await producer.states(capture.captureId, 1)).toEqual(all('completed'));
  });

  test('lets the later stages run when one has exhausted its attempts', async () => {
    const queue = await open('worker', { attempts: 2 });
    const ran = await consumeAll(queue, (stage) =>
      stage === 'extraction' ? Promise.reject(new Error('no GPU')) : Promise.resolve(),
    );
    const capture = newCapture();
    await queue.enqueue(capture);
    await until(() => finished(queue, capture));
    expect(ran.map(({ stage }) => stage)).toEqual(['extraction', ...STAGES]);
    expect(
      ran.slice(0, 2).map(({ context: { attempt, lastAttempt } }) => ({ attempt, lastAttempt })),
    ).toEqual([
      { attempt: 1, lastAttempt: false },
      { attempt: 2, lastAttempt: true },
    ]);
    expect(await queue.states(capture.captureId, 1)).toEqual({ ...all('completed'), extraction: 'failed' });
  });

  test('gives a failed job one more attempt, and runs nothing behind it a second time', async () => {
    const queue = await open('worker', { attempts: 1 });
    let broken = true;
    const ran = await consumeAll(queue, (stage) =>
      stage === 'mesh' && broken ? Promise.reject(new Error('no memory')) : Promise.resolve(),
    );
    const capture = newCapture();
    const job: StageJob = { v: 1, ...capture };
    await queue.enqueue(capture);
    await until(() => finished(queue, capture));
    const id = jobId(capture.captureId, 1, 'mesh');
    expect(await queue.failed('mesh', { limit: 10 })).toEqual([job]);
    expect(await queue.failed('mesh', { id })).toEqual([job]);
    expect(await queue.failed('mesh', { id: 'unknown' })).toEqual([]);
    expect(await queue.failed('depth', { id: jobId(capture.captureId, 1, 'depth') })).toEqual([]);
    expect([await queue.retry('depth', job), await queue.retry('mesh', { ...job, generation: 2 })]).toEqual([
      false,
      false,
    ]);

    expect(await queue.retry('mesh', job)).toBe(true);
    await until(() => ran.length > STAGES.length);
    expect(ran.at(-1)).toMatchObject({ stage: 'mesh', context: { lastAttempt: true } });
    await until(async () => (await queue.failed('mesh', { id })).length === 1);
    broken = false;
    const both = await Promise.all([queue.retry('mesh', job), queue.retry('mesh', job)]);
    expect(both).toContain(true);
    await until(async () => (await queue.states(capture.captureId, 1)).mesh === 'completed');
    expect(await queue.retry('mesh', job)).toBe(false);
    expect(ran.map(({ stage }) => stage)).toEqual([...STAGES, 'mesh', 'mesh']);
    expect(await queue.states(capture.captureId, 1)).toEqual(all('completed'));
  });

  test('enqueues a generation once, also from two processes at once and after it ended', async () => {
    const [first, second] = [await open('producer'), await open('producer')];
    const capture = newCapture();
    await Promise.all([first.enqueue(capture), second.enqueue(capture), first.enqueue(capture)]);
    const fresh = { waiting: 0, active: 0, delayed: 0, failed: 0, completed: 0 };
    expect(await first.counts()).toEqual({
      ...all({ ...fresh, waitingChildren: 1 }),
      extraction: { ...fresh, waiting: 1, waitingChildren: 0 },
    });
    const ran = await consumeAll(await open('worker'));
    await until(() => finished(first, capture));
    await second.enqueue(capture);
    await delay(200);
    expect(ran).toHaveLength(STAGES.length);
  });

  test('runs the next generation beside a failed leaf that is kept', async () => {
    const queue = await open('worker', { attempts: 1 });
    const ran = await consumeAll(queue, (stage, { generation }) =>
      stage === 'extraction' && generation === 1 ? Promise.reject(new Error('lost')) : Promise.resolve(),
    );
    const capture = newCapture();
    await queue.enqueue(capture);
    await until(() => finished(queue, capture));
    await queue.enqueue({ ...capture, generation: 2 });
    await until(() => finished(queue, { ...capture, generation: 2 }));
    expect(ran.filter(({ job }) => job.generation === 2).map(({ stage }) => stage)).toEqual([...STAGES]);
  });

  test('survives the loss of every job: the handler hears of its lock, later jobs run', async () => {
    const queue = await open('worker', { lockMs: 1_000, stalledMs: 500 });
    const capture = newCapture();
    const aborted = latch<void>();
    const ran = await consumeAll(queue, async (_stage, { captureId, generation }, { signal }) => {
      if (captureId !== capture.captureId || generation !== 1) return;
      signal.addEventListener('abort', () => aborted.resolve());
      await aborted.promise;
    });
    await queue.enqueue(capture);
    await until(() => ran.length === 1);
    await harness.wipe(space);
    expect(await queue.states(capture.captureId, 1)).toEqual(all('missing'));
    await aborted.promise;
    const next = { ...capture, generation: 2 };
    await queue.enqueue(next);
    await until(() => finished(queue, next));
    expect(ran.map(({ stage }) => stage)).toEqual(['extraction', ...STAGES]);
  });

  test('purges every generation without waking a worker, and counts what went', async () => {
    const producer = await open('producer');
    const capture = newCapture();
    const other = newCapture();
    for (const generation of [1, 2, 3]) await producer.enqueue({ ...capture, generation });
    await producer.enqueue(other);
    expect(await producer.purge(capture.captureId, 3)).toBe(3 * STAGES.length);
    for (const generation of [1, 2, 3]) {
      expect(await producer.states(capture.captureId, generation)).toEqual(all('missing'));
    }
    expect(await producer.purge(capture.captureId, 3)).toBe(0);
    const ran = await consumeAll(await open('worker'));
    await until(() => finished(producer, other));
    expect(new Set(ran.map(({ job }) => job.captureId))).toEqual(new Set([other.captureId]));
    expect(await producer.purge(other.captureId, 1)).toBe(STAGES.length);
  });

  test('does not count a running job as purged, and starts nothing after it', async () => {
    const queue = await open('worker');
    const release = latch<void>();
    const ran = await consumeAll(queue, () => release.promise);
    const capture = newCapture();
    await queue.enqueue(capture);
    await until(() => ran.length === 1);
    expect(await queue.purge(capture.captureId, 1)).toBe(STAGES.length - 1);
    release.resolve();
    await until(async () => (await queue.states(capture.captureId, 1)).extraction === 'completed');
    expect(await queue.purge(capture.captureId, 1)).toBe(1);
    await delay(100);
    expect(ran).toHaveLength(1);
  });

  test('refuses a payload it does not know without a retry, and logs nothing of it', async () => {
    const lines: string[] = [];
    const queue = await open('worker', { log: (...line) => lines.push(JSON.stringify(line)) });
    const ran = await consumeAll(queue);
    const { tenantId, captureId } = newCapture();
    const bad: Record<string, unknown>[] = [
      { v: 2, tenantId, captureId, generation: 1 },
      { v: 1, tenantId, captureId, generation: 1, picture: 'secret' },
      { v: 1, tenantId: 'secret', captureId, generation: 1 },
      { v: 1, tenantId, captureId: randomUUID(), generation: 1 },
    ];
    const raw = queue.queues.get('extraction');
    await raw?.addBulk(
      bad.map((data, i) => ({
        name: 'extraction',
        data,
        opts: { attempts: 3, jobId: i < 3 ? `bad-${i}` : jobId(captureId, 1, 'extraction') },
      })),
    );
    await until(async () => (await queue.counts()).extraction.failed === bad.length);
    expect(ran).toEqual([]);
    expect(lines.filter((line) => line.includes('refused'))).toHaveLength(bad.length);
    expect(lines.join()).not.toMatch(new RegExp(`secret|${captureId}`));
  });

  test('hands the job of a lost worker to another, under the same attempt', async () => {
    const timing = { lockMs: 1_000, stalledMs: 500, closeMs: 0 };
    const lost = await open('worker', timing);
    const taken = latch<JobContext>();
    await lost.consume(
      'extraction',
      (_job, context) => {
        taken.resolve(context);
        return new Promise((_, reject) => {
          context.signal.addEventListener('abort', () => reject(new Error('stopped')));
        });
      },
      { concurrency: 1 },
    );
    const capture = newCapture();
    await lost.enqueue(capture);
    const { signal } = await taken.promise;
    const heir = await open('worker', timing);
    const ran = await consumeAll(heir);
    await lost.close();
    expect(signal.aborted).toBe(true);
    // With BullMQ's own timing, which is half a minute each, it would not be back yet.
    await until(() => ran.length > 0, 20_000);
    expect(ran[0]?.context.attempt).toBe(1);
    await until(() => finished(heir, capture));
    expect(ran.map(({ stage }) => stage)).toEqual([...STAGES]);
  });

  test('shares the work between workers, each job once', async () => {
    const workers = [await open('worker'), await open('worker')];
    const ran = await Promise.all(workers.map((worker) => consumeAll(worker, () => delay(5))));
    const captures = Array.from({ length: 12 }, newCapture);
    await Promise.all(captures.map(async (capture) => workers[0]?.enqueue(capture)));
    await until(() => ran.flat().length >= captures.length * STAGES.length);
    await Promise.all(captures.map((capture) => until(() => finished(workers[1] as StageQueue, capture))));
    expect(ran.flat()).toHaveLength(captures.length * STAGES.length);
    for (const own of ran) expect(own.length).toBeGreaterThan(0);
  });

  test('keeps two spaces apart', async () => {
    const here = await open('worker');
    const there = await open('worker', {}, `${space}_b`);
    const ran = { here: await consumeAll(here), there: await consumeAll(there) };
    const capture = newCapture();
    await here.enqueue(capture);
    await until(() => finished(here, capture));
    expect(await there.states(capture.captureId, 1)).toEqual(all('missing'));
    expect(await there.purge(capture.captureId, 1)).toBe(0);
    expect([ran.here.length, ran.there.length]).toEqual([STAGES.length, 0]);
  });

  test('closes gracefully: the running handler ends, its result is recorded, nothing new is taken', async () => {
    const producer = await open('producer');
    const worker = await open('worker', { closeMs: 60_000 });
    const [taken, release] = [latch<JobContext>(), latch<void>()];
    await worker.consume(
      'extraction',
      async (_job, context) => {
        taken.resolve(context);
        await release.promise;
      },
      { concurrency: 1 },
    );
    // An idle stage closes at once and must not take the connections of a busy one with it.
    await worker.consume('mesh', () => Promise.resolve(), { concurrency: 1 });
    const [first, second] = [newCapture(), newCapture()];
    await producer.enqueue(first);
    const { signal } = await taken.promise;
    await producer.enqueue(second);
    const closed = Promise.all([worker.close(), worker.close()]);
    release.resolve();
    await closed;
    expect(signal.aborted).toBe(false);
    expect((await producer.states(first.captureId, 1)).extraction).toBe('completed');
    expect((await producer.states(second.captureId, 1)).extraction).toBe('waiting');
    await expect(worker.enqueue(second)).rejects.toThrow(QueueUnavailableError);
    await expect(worker.consume('depth', () => Promise.resolve(), { concurrency: 1 })).rejects.toThrow(
      'closed',
    );
  });

  test('refuses what it was not opened for, and bad ids', async () => {
    const idle = () => Promise.resolve();
    const producer = await open('producer');
    const worker = await open('worker', { stages: ['depth'] });
    await expect(producer.consume('depth', idle, { concurrency: 1 })).rejects.toThrow(TypeError);
    await expect(worker.consume('mesh', idle, { concurrency: 1 })).rejects.toThrow(TypeError);
    await worker.consume('depth', idle, { concurrency: 1 });
    await expect(worker.consume('depth', idle, { concurrency: 1 })).rejects.toThrow(TypeError);
    await expect(producer.enqueue({ ...newCapture(), captureId: 'a:b' })).rejects.toThrow();
    await expect(producer.enqueue({ ...newCapture(), generation: 0 })).rejects.toThrow();
    await producer.ping();
  });
}
