import { randomUUID } from 'node:crypto';
import { z } from 'zod';

import {
  type QueueOptions,
  QueueUnavailableError,
  type StageQueue,
  STAGES,
  type TaskKind,
} from '../index.js';
import { consumeAll, newCapture, PATIENT, type StageQueueHarness, until } from './harness.js';

interface Errand {
  readonly v: 1;
  readonly id: string;
}
const ERRANDS: TaskKind<Errand> = {
  name: 'errands',
  schema: z.strictObject({ v: z.literal(1), id: z.uuid() }),
  jobId: ({ id }) => `errand-${id}`,
};
const errand = (): Errand => ({ v: 1, id: randomUUID() });

/** The behaviour every back end must show with a kind of job beside the stages. */
export function taskQueueContract(harness: StageQueueHarness): void {
  let opened: StageQueue[];
  let space: string;

  beforeEach(() => {
    opened = [];
    space = `q${randomUUID().replaceAll('-', '')}`;
  });
  afterEach(() => Promise.all(opened.map((queue) => queue.close())));

  const open = async (role: QueueOptions['role'], options: Partial<QueueOptions> = {}) => {
    const queue = await harness.open(space, { ...PATIENT, backoffMs: 10, ...options, role });
    opened.push(queue);
    return queue;
  };

  test('is handled beside the stages, again when it failed, and leaves its id free', async () => {
    const producer = await open('producer');
    const worker = await open('worker');
    const ran = await consumeAll(worker);
    const attempts: { id: string; attempt: number }[] = [];
    await worker.tasks(ERRANDS).consume(
      ({ id }, { attempt }) => {
        attempts.push({ id, attempt });
        return attempts.length === 1 ? Promise.reject(new Error('once')) : Promise.resolve();
      },
      { concurrency: 2 },
    );
    const [first, capture] = [errand(), newCapture()];
    await producer.tasks(ERRANDS).enqueue(first);
    await producer.enqueue(capture);
    await until(async () => (await producer.states(capture.captureId, 1)).decision === 'completed');
    await until(() => attempts.length === 2);
    expect(attempts).toEqual([1, 2].map((attempt) => ({ id: first.id, attempt })));
    expect(ran.map(({ stage }) => stage)).toEqual([...STAGES]);
    // The same job may be added anew once the one before has ended.
    await until(async () => {
      await producer.tasks(ERRANDS).enqueue(first);
      return attempts.length > 2;
    });
  });

  test('is refused by a producer, a second consumer, and with a payload that is none', async () => {
    const idle = () => Promise.resolve();
    const producer = await open('producer');
    const worker = await open('worker', { stages: [] });
    await expect(producer.tasks(ERRANDS).consume(idle, { concurrency: 1 })).rejects.toThrow(TypeError);
    await worker.tasks(ERRANDS).consume(idle, { concurrency: 1 });
    await expect(worker.tasks(ERRANDS).consume(idle, { concurrency: 1 })).rejects.toThrow(TypeError);
    await expect(producer.tasks(ERRANDS).enqueue({ v: 1, id: 'somebody' })).rejects.toThrow();
    await producer.close();
    await expect(producer.tasks(ERRANDS).enqueue(errand())).rejects.toThrow(QueueUnavailableError);
  });
}
