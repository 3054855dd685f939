import { type IQueueBackend, type Job, UnrecoverableError, Worker } from 'bullmq';

import { settlesWithin } from './deadline.js';
import { type JobContext } from './job-context.js';
import { type QueueLog } from './stage-queue.js';
import { type TaskKind } from './task-queue.js';
import { type Route } from './transport.js';

export interface ConsumerOptions<T> {
  readonly kind: TaskKind<T>;
  readonly handler: (job: T, context: JobContext) => Promise<void>;
  readonly concurrency: number;
  readonly lockMs: number;
  readonly stalledMs: number;
  readonly maxStalled: number;
  readonly prefix: string | undefined;
  readonly route: Route;
  readonly log: QueueLog;
  readonly report: (error: unknown) => void;
}

interface RunningJob {
  readonly id: string;
  readonly abort: AbortController;
  readonly lease: NodeJS.Timeout;
}

/** Closing a BullMQ worker twice changes nothing, so giving up on its handlers needs a door of its own. */
class AbandonableWorker extends Worker<unknown, void, string, IQueueBackend> {
  /** Stops renewing locks and drops the connections; results of handlers still running are not recorded any more. */
  async abandon(): Promise<void> {
    await this.lockManager.close();
    await this.backend.close(true);
  }
}

/** Handles the jobs of one queue: checks each payload, tells the handler when its lock is lost, and lets go in order. */
export class JobConsumer<T> {
  private readonly worker: AbandonableWorker;
  private readonly running = new Set<RunningJob>();

  constructor(private readonly options: ConsumerOptions<T>) {
    const { kind, concurrency, lockMs, stalledMs, maxStalled, prefix, route, report } = options;
    this.worker = new AbandonableWorker(
      kind.name,
      (job) => this.handle(job),
      {
        connection: route.connection,
        prefix,
        concurrency,
        lockDuration: lockMs,
        stalledInterval: stalledMs,
        maxStalledCount: maxStalled,
        runRetryDelay: 1_000,
      },
      route.factory,
    );
    this.worker.on('error', report);
    this.worker.on('stalled', (id) =>
      options.log('warn', 'job taken from a lost worker', { queue: kind.name, jobId: id }),
    );
    this.worker.on('locksRenewed', ({ jobIds }) => this.each(jobIds, (job) => job.lease.refresh()));
    this.worker.on('lockRenewalFailed', (jobIds) => this.each(jobIds, loseLock));
  }

  /** Whether it still takes jobs: its loop has neither been closed nor broken off. */
  get isRunning(): boolean {
    return this.worker.isRunning() && !this.worker.closing;
  }

  /** Whether the worker's connections are up within `ms` milliseconds; it goes on trying if they are not. */
  readyWithin(ms: number): Promise<boolean> {
    return settlesWithin(this.worker.waitUntilReady(), ms);
  }

  /** Waits up to `ms` milliseconds for the running handlers, then abandons them; returns how many that were. */
  async close(ms: number): Promise<number> {
    const closing = this.worker.close();
    if (await settlesWithin(closing, ms)) return 0;
    // Before the signals, so that a handler which gives up is not charged an attempt.
    await this.worker.abandon();
    for (const job of this.running) job.abort.abort(new Error('the queue closes'));
    return this.running.size;
  }

  private async handle(job: Job<unknown, void>): Promise<void> {
    const data = this.parse(job);
    const abort = new AbortController();
    const attempt = job.attemptsMade + 1;
    const running: RunningJob = {
      id: job.id ?? '',
      abort,
      lease: setTimeout(() => loseLock(running), this.options.lockMs),
    };
    this.running.add(running);
    try {
      const lastAttempt = attempt >= (job.opts.attempts ?? 1);
      await this.options.handler(data, { attempt, lastAttempt, signal: abort.signal });
    } finally {
      clearTimeout(running.lease);
      this.running.delete(running);
    }
  }

  private parse(job: Job<unknown, void>): T {
    const { kind, log } = this.options;
    const { data, error } = kind.schema.safeParse(job.data);
    if (data !== undefined && job.id === kind.jobId(data)) return data;
    const violations = error?.issues.map(({ code, path }) => `${path.join('.')}: ${code}`) ?? [
      'id: mismatch',
    ];
    log('error', 'job payload refused', { queue: kind.name, violations });
    throw new UnrecoverableError('The payload is not a job of a version this worker knows');
  }

  private each(jobIds: readonly string[], deed: (job: RunningJob) => void): void {
    for (const job of this.running) if (jobIds.includes(job.id)) deed(job);
  }
}

function loseLock(job: RunningJob): void {
  job.abort.abort(new Error('the lock of the job is lost'));
}
