import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import {
  type CaptureFlow,
  type JobContext,
  type QueueOptions,
  type Stage,
  type StageJob,
  type StageQueue,
  STAGES,
} from '../index.js';

/** What the contract needs of a back end. A space is one isolated queue: a schema or a key prefix. */
export interface StageQueueHarness {
  open(space: string, options: Partial<QueueOptions> & Pick<QueueOptions, 'role'>): Promise<StageQueue>;
  /** Loses every job of the space, as FLUSHALL would. */
  wipe(space: string): Promise<void>;
}

/** For queues whose deadlines are not what is tested: a machine may stall for seconds. */
export const PATIENT = { deadlineMs: 30_000, closeMs: 2_000 } as const;

/** Polls until `condition` holds; fails after `ms` milliseconds. */
export async function until(condition: () => boolean | Promise<boolean>, ms = 60_000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Not within ${ms} ms: ${condition.toString()}`);
    await delay(10);
  }
}

/** A promise and what resolves it. */
export function latch<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

export function newCapture(): CaptureFlow {
  return { tenantId: randomUUID(), captureId: randomUUID(), generation: 1 };
}

/** Consumes all stages, and tells which ran in which order. */
export async function consumeAll(
  queue: StageQueue,
  handler: (stage: Stage, job: StageJob, context: JobContext) => Promise<void> = () => Promise.resolve(),
): Promise<{ stage: Stage; job: StageJob; context: JobContext }[]> {
  const ran: { stage: Stage; job: StageJob; context: JobContext }[] = [];
  const consume = (stage: Stage) =>
    queue.consume(
      stage,
      async (job, context) => {
        ran.push({ stage, job, context });
        await handler(stage, job, context);
      },
      { concurrency: 4 },
    );
  await Promise.all(STAGES.map(consume));
  return ran;
}
