import { FlowProducer, type IQueueBackend, Queue } from 'bullmq';

import { type BullQueue } from './bull-queue.js';
import { settlesWithin, withDeadline } from './deadline.js';
import { captureFlow, type FlowPolicy } from './flow.js';
import { QueueUnavailableError } from './queue-unavailable.error.js';
import { type JobContext } from './job-context.js';
import { JobConsumer } from './job.consumer.js';
import { jobId, type StageJob, stageJobOf, stageJobSchema } from './stage-job.js';
import {
  type CaptureFlow,
  type JobState,
  type QueueLog,
  type StageCounts,
  type StageHandler,
  type StageQueue,
} from './stage-queue.js';
import { type Stage, STAGES } from './stages.js';
import { type TaskKind, type TaskQueue } from './task-queue.js';
import { type Transport } from './transport.js';

export interface StageQueueSettings extends FlowPolicy {
  readonly stages: readonly Stage[];
  readonly lockMs: number;
  readonly stalledMs: number;
  readonly maxStalled: number;
  readonly deadlineMs: number;
  readonly closeMs: number;
  readonly log: QueueLog;
  readonly report: (source: string) => (error: unknown) => void;
}

/** Lifecycle events nobody reads (progress comes from the database) are trimmed early. */
const KEPT_EVENTS = 100;

const rootFirst = STAGES.toReversed();

/** The stage queue over BullMQ, the same for both back ends. */
export class BullmqStageQueue implements StageQueue {
  readonly queues: ReadonlyMap<Stage, BullQueue>;
  private readonly flows: FlowProducer<IQueueBackend>;
  private readonly consumers = new Map<string, Pick<JobConsumer<unknown>, 'isRunning' | 'close'>>();
  private readonly taskQueues = new Map<string, Pick<TaskQueue<unknown>, 'queue'>>();
  private closing: Promise<void> | undefined;

  constructor(
    private readonly transport: Transport,
    private readonly settings: StageQueueSettings,
  ) {
    const { factory, ...route } = transport.producers;
    this.queues = new Map(STAGES.map((stage) => [stage, this.open(stage)]));
    this.flows = new FlowProducer({ ...route, prefix: transport.prefix }, factory);
    this.flows.on('error', settings.report('flow producer'));
  }

  get backend() {
    return this.transport.backend;
  }

  get consuming(): readonly Stage[] {
    return STAGES.filter((stage) => this.consumers.get(stage)?.isRunning);
  }

  async enqueue(flow: CaptureFlow): Promise<void> {
    const tree = captureFlow(flow, this.settings);
    await this.timely('enqueue', () => this.flows.add(tree));
  }

  states(captureId: string, generation: number): Promise<Record<Stage, JobState | 'missing'>> {
    return this.timely('read states', () =>
      byStage(async (stage) => {
        const state = await this.queue(stage).getJobState(jobId(captureId, generation, stage));
        return state === 'unknown' ? 'missing' : state;
      }),
    );
  }

  async purge(captureId: string, generations: number): Promise<number> {
    let removed = 0;
    for (let generation = 1; generation <= generations; generation++) {
      // The root goes first: removing a leaf would release its parent to the workers.
      for (const stage of rootFirst) {
        removed += await this.timely('purge', () => this.remove(stage, jobId(captureId, generation, stage)));
      }
    }
    return removed;
  }

  counts(): Promise<Record<Stage, StageCounts>> {
    return this.timely('count', () =>
      byStage(async (stage) => {
        const of = await this.queue(stage).getJobCounts();
        return {
          waiting: of.waiting ?? 0,
          active: of.active ?? 0,
          delayed: of.delayed ?? 0,
          failed: of.failed ?? 0,
          completed: of.completed ?? 0,
          waitingChildren: of['waiting-children'] ?? 0,
        };
      }),
    );
  }

  failed(stage: Stage, which: { id: string } | { limit: number }): Promise<StageJob[]> {
    return this.timely('read failed jobs', async () => {
      const queue = this.queue(stage);
      const jobs =
        'id' in which
          ? [(await queue.getJobState(which.id)) === 'failed' ? await queue.getJob(which.id) : undefined]
          : await queue.getFailed(0, which.limit - 1);
      return jobs.flatMap((job) => (job && stageJobOf(stage, job)) ?? []);
    });
  }

  retry(stage: Stage, { captureId, generation }: StageJob): Promise<boolean> {
    return this.timely('retry', async () => {
      const queue = this.queue(stage);
      const id = jobId(captureId, generation, stage);
      const isFailed = async () => (await queue.getJobState(id)) === 'failed';
      const job = (await isFailed()) ? await queue.getJob(id) : undefined;
      if (!job) return false;
      try {
        await job.retry('failed');
        return true;
      } catch (error) {
        if (await isFailed()) throw error;
        return false;
      }
    });
  }

  async consume(stage: Stage, handler: StageHandler, options: { concurrency: number }): Promise<void> {
    if (!this.settings.stages.includes(stage) && this.transport.consumers)
      throw new TypeError(`The stage ${stage} is not one of this process`);
    const kind: TaskKind<StageJob> = {
      name: stage,
      schema: stageJobSchema,
      jobId: ({ captureId, generation }) => jobId(captureId, generation, stage),
    };
    await this.start(kind, handler, options.concurrency);
  }

  tasks<T>(kind: TaskKind<T>): TaskQueue<T> {
    const known = this.taskQueues.get(kind.name);
    if (known) return known as TaskQueue<T>;
    const { attempts, backoffMs } = this.settings;
    const queue = this.open(kind.name);
    const tasks: TaskQueue<T> = {
      queue,
      enqueue: async (task) => {
        const options = {
          jobId: kind.jobId(task),
          attempts,
          backoff: { type: 'exponential', delay: backoffMs },
          stackTraceLimit: 3,
          removeOnComplete: true,
          removeOnFail: true,
        };
        await this.timely('enqueue', () => queue.add(kind.name, kind.schema.parse(task), options));
      },
      consume: (handler, { concurrency }) => this.start(kind, handler, concurrency),
    };
    this.taskQueues.set(kind.name, tasks);
    return tasks;
  }

  ping(): Promise<void> {
    return this.timely('ping', () => this.transport.ping());
  }

  close(): Promise<void> {
    this.closing ??= this.shutDown();
    return this.closing;
  }

  private async shutDown(): Promise<void> {
    const { closeMs, deadlineMs, log } = this.settings;
    const abandoned = await Promise.all(
      [...this.consumers].map(async ([queue, consumer]) => ({ queue, jobs: await consumer.close(closeMs) })),
    );
    for (const { queue, jobs } of abandoned)
      if (jobs > 0) log('warn', 'running jobs abandoned', { queue, jobs });
    const producers = Promise.allSettled([
      this.flows.close(),
      ...[...this.queues.values()].map((queue) => queue.close()),
      ...[...this.taskQueues.values()].map(({ queue }) => queue.close()),
    ]);
    await settlesWithin(producers, deadlineMs);
    await this.transport.close();
  }

  private open(name: string): BullQueue {
    const { factory, ...route } = this.transport.producers;
    const options = {
      ...route,
      prefix: this.transport.prefix,
      streams: { events: { maxLen: KEPT_EVENTS } },
    };
    const queue: BullQueue = new Queue(name, options, factory);
    queue.on('error', this.settings.report(`queue ${name}`));
    return queue;
  }

  private async start<T>(
    kind: TaskKind<T>,
    handler: (job: T, context: JobContext) => Promise<void>,
    concurrency: number,
  ): Promise<void> {
    const { lockMs, stalledMs, maxStalled, deadlineMs, log, report } = this.settings;
    const { consumers: route, prefix } = this.transport;
    const { name } = kind;
    if (this.closing) throw new QueueUnavailableError('consume: the queue is closed');
    if (!route) throw new TypeError('A producer consumes nothing');
    if (this.consumers.has(name)) throw new TypeError(`${name} has a consumer already`);
    const consumer = new JobConsumer({
      ...{ kind, handler, concurrency, lockMs, stalledMs, maxStalled, prefix, route, log },
      report: report(`consumer ${name}`),
    });
    this.consumers.set(name, consumer);
    if (!(await consumer.readyWithin(deadlineMs)))
      log('warn', 'consumer waits for the queue', { queue: name });
  }

  private timely<T>(operation: string, work: () => Promise<T>): Promise<T> {
    return withDeadline(this.settings.deadlineMs, operation, async (signal) => {
      if (this.closing) throw new QueueUnavailableError(`${operation}: the queue is closed`);
      await this.transport.ready(signal);
      return work();
    });
  }

  private async remove(stage: Stage, id: string): Promise<number> {
    const queue = this.queue(stage);
    // BullMQ reports success for a job that never was.
    if ((await queue.getJobState(id)) === 'unknown') return 0;
    return queue.remove(id, { removeChildren: false });
  }

  private queue(stage: Stage): BullQueue {
    const queue = this.queues.get(stage);
    if (!queue) throw new TypeError(`No such stage: ${stage}`);
    return queue;
  }
}

async function byStage<T>(read: (stage: Stage) => Promise<T>): Promise<Record<Stage, T>> {
  const entries = await Promise.all(STAGES.map(async (stage) => [stage, await read(stage)] as const));
  return Object.fromEntries(entries) as Record<Stage, T>;
}
