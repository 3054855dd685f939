import { type JobState as BullJobState } from 'bullmq';

import { type BullQueue } from './bull-queue.js';
import { type JobContext } from './job-context.js';
import { type StageJob } from './stage-job.js';
import { type Stage } from './stages.js';
import { type TaskKind, type TaskQueue } from './task-queue.js';

export type Backend = 'redis' | 'postgres';
export type QueueRole = 'producer' | 'worker';
export type JobState = BullJobState;

/** Where the lib reports what happens to connections and jobs; fields hold ids, names and error messages, never payloads. */
export type QueueLog = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  fields: Readonly<Record<string, unknown>>,
) => void;

export interface QueueOptions {
  /** `redis://` or `rediss://`; when absent the PostgreSQL back end is used. */
  readonly redisUrl?: string;
  readonly databaseUrl?: string;
  /** PostgreSQL schema that isolates this queue from others in the database; default `bullmq`. */
  readonly schema?: string;
  /** Key prefix that isolates this queue from others in Redis; default `sb`. A cluster needs a hash tag: `{sb}`. */
  readonly prefix?: string;
  readonly role: QueueRole;
  /** Stages a worker may consume; default all. */
  readonly stages?: readonly Stage[];
  /** Attempts of each stage; default 3. */
  readonly attempts?: number;
  /** First back-off in milliseconds, doubling; default 500. */
  readonly backoffMs?: number;
  /** Lock of a running job in milliseconds; default 5000. Safe only while the event loop is never blocked for that long. */
  readonly lockMs?: number;
  /** Interval of the check for stalled jobs in milliseconds; default 2500. */
  readonly stalledMs?: number;
  /** How often a job may lose its worker before it fails; default 3. */
  readonly maxStalled?: number;
  /** Longest time an operation may take before QueueUnavailableError, in milliseconds; default 2000. */
  readonly deadlineMs?: number;
  /** How long `close` waits for running handlers, in milliseconds; default 10000. */
  readonly closeMs?: number;
  readonly log?: QueueLog;
}

export interface CaptureFlow {
  readonly tenantId: string;
  readonly captureId: string;
  /** The flow generation of the capture, from 1; the sweeper raises it to enqueue again. */
  readonly generation: number;
}

export type StageHandler = (job: StageJob, context: JobContext) => Promise<void>;

export interface StageCounts {
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
  readonly completed: number;
  readonly waitingChildren: number;
}

/** The transport of captures between stages. PostgreSQL's own tables are the truth: every job here may vanish and be enqueued again. */
export interface StageQueue {
  readonly backend: Backend;
  /** The queues as BullMQ objects, for dashboards and metrics only. */
  readonly queues: ReadonlyMap<Stage, BullQueue>;

  /**
   * Adds all stages of a capture in one atomic step. The same generation again, while it is kept, has no effect.
   * @throws QueueUnavailableError within the deadline; the flow may or may not have been added, so enqueue again
   */
  enqueue(flow: CaptureFlow): Promise<void>;

  /** @throws QueueUnavailableError within the deadline */
  states(captureId: string, generation: number): Promise<Record<Stage, JobState | 'missing'>>;

  /**
   * Removes the jobs of generations 1…`generations` and returns how many went. A job that is being handled cannot be removed and is
   * not counted: call again once it ended.
   * @throws QueueUnavailableError when the back end stops answering on the way
   */
  purge(captureId: string, generations: number): Promise<number>;

  /** @throws QueueUnavailableError within the deadline */
  counts(): Promise<Record<Stage, StageCounts>>;

  /**
   * The jobs of a stage that failed for good, by whether their payload is a stage job: all of them up to `limit`, or the one of that id.
   * @throws QueueUnavailableError within the deadline
   */
  failed(stage: Stage, which: { readonly id: string } | { readonly limit: number }): Promise<StageJob[]>;

  /**
   * Gives a job that failed for good one more attempt. Harmless whatever became of its capture: handlers check state and generation.
   * @returns false when the job is not failed (any more)
   * @throws QueueUnavailableError within the deadline
   */
  retry(stage: Stage, job: StageJob): Promise<boolean>;

  /**
   * Starts handling one stage; once per stage and process. A handler that resolves completes the job, one that rejects makes it run
   * again after a back-off until its attempts are exhausted. Back ends that come and go are survived without a call.
   * @param options.concurrency jobs handled at the same time, at least 1
   * @throws TypeError for a producer, a stage that is not this process's, or a second consumer of one stage
   */
  consume(stage: Stage, handler: StageHandler, options: { concurrency: number }): Promise<void>;

  /** The queue of another kind of job; the same object for the same kind. */
  tasks<T>(kind: TaskKind<T>): TaskQueue<T>;

  /** The stages this process handles now: their consumers run, whether or not the back end answers. */
  readonly consuming: readonly Stage[];

  /** @throws QueueUnavailableError within the deadline */
  ping(): Promise<void>;

  /**
   * Takes no further jobs, waits for the running handlers up to `closeMs`, then aborts their signals and drops every connection. An
   * abandoned job keeps its attempt and is handled by another worker when its lock expires. Idempotent, never rejects.
   */
  close(): Promise<void>;
}
