import { type z } from 'zod';

import { type BullQueue } from './bull-queue.js';
import { type JobContext } from './job-context.js';

/** A kind of job, and the queue of that name. */
export interface TaskKind<T> {
  readonly name: string;
  /** The whole payload: ids only, strict and versioned, so that nothing personal can ever lie in the queue. */
  readonly schema: z.ZodType<T>;
  /** Adding a job again while one of the same id is there has no effect. Neither `:` nor a plain integer. */
  readonly jobId: (task: T) => string;
}

/**
 * A queue beside those of the stages, over the same connections. Its jobs leave no trace once they ended, in whatever way: like the stages' they
 * are transport only, and whoever relies on them looks into the tables and adds again what was lost.
 */
export interface TaskQueue<T> {
  /** As BullMQ's object, for dashboards only. */
  readonly queue: BullQueue;

  /** @throws QueueUnavailableError within the deadline; the job may or may not have been added */
  enqueue(task: T): Promise<void>;

  /**
   * Starts handling; once per kind and process. A handler that rejects is run again after a back-off, a few times.
   * @throws TypeError for a producer, or a second consumer
   */
  consume(
    handler: (task: T, context: JobContext) => Promise<void>,
    options: { readonly concurrency: number },
  ): Promise<void>;
}
