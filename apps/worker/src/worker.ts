import { BlobReaper, captureTopics, type Pipeline, StageFailure, Sweeper } from '#captures';
import type { Config } from '#config';
import { Listener, Loop, OutboxRelay } from '#database';
import type { Logger } from '#observability';
import { openConfiguredQueue, Platform } from '#platform';
import { type Stage, type StageJob, type StageQueue, STAGES } from '#queue';
import { createPipeline } from './pipeline.js';

const OUTBOX_CHANNEL = 'sb_outbox';
const REAP_INTERVAL_MS = 5_000;

/** One worker process: consumers of its stages, and the relay, sweeper and reaper that every worker runs. */
export class Worker {
  private constructor(private readonly closers: readonly (() => Promise<unknown>)[]) {}

  static async start(config: Config, logger: Logger): Promise<Worker> {
    const closers: (() => Promise<unknown>)[] = [];
    const onClose = (close: () => Promise<unknown>) => closers.unshift(close);
    try {
      const platform = await Platform.open(config, logger);
      onClose(() => platform.close());
      const { pipeline, decision } = await createPipeline(config, logger, platform, onClose);
      const queue = await openConfiguredQueue(config, 'worker', logger);
      onClose(() => queue.close());

      const { unitOfWork, blobs } = platform;
      for (const stage of STAGES.filter((name) => config.WORKER_STAGES.includes(name))) {
        await consume(queue, stage, pipeline, logger, config.WORKER_CONCURRENCY);
      }

      const relay = new OutboxRelay(unitOfWork, captureTopics(unitOfWork, queue), {
        leaseMs: config.RELAY_LEASE_MS,
        onError: (error, { topic, aggregateId }) =>
          logger.warn({ err: error, topic, captureId: aggregateId }, 'outbox message postponed'),
      });
      const sweeper = new Sweeper(unitOfWork, queue, decision, {
        checkAfterMs: config.SWEEP_CHECK_AFTER_MS,
        onError: (error, captureId) => logger.warn({ err: error, captureId }, 'capture not swept'),
      });
      const reaper = new BlobReaper(unitOfWork, blobs);
      const relayLoop = loop(logger, 'relay', config.RELAY_INTERVAL_MS, () => relay.relayDue());
      const loops = [
        relayLoop,
        loop(logger, 'sweeper', config.SWEEP_INTERVAL_MS, () => sweeper.sweepDue()),
        loop(logger, 'reaper', REAP_INTERVAL_MS, () => reaper.reapDue()),
      ];
      const listener = new Listener(config.DATABASE_SYSTEM_URL, { [OUTBOX_CHANNEL]: () => relayLoop.wake() });
      await listener.start();
      for (const each of loops) each.start();
      onClose(() => Promise.all([listener.close(), ...loops.map((each) => each.stop())]));
      return new Worker(closers);
    } catch (error) {
      await closeAll(closers);
      throw error;
    }
  }

  close(): Promise<void> {
    return closeAll(this.closers);
  }
}

function consume(
  queue: StageQueue,
  stage: Stage,
  pipeline: Pipeline,
  logger: Logger,
  concurrency: number,
): Promise<void> {
  return queue.consume(
    stage,
    async (job: StageJob, { attempt, lastAttempt, signal }) => {
      try {
        const { correlationId, result, durationMs } = await pipeline.handle(stage, job, {
          lastAttempt,
          signal,
        });
        logger.info(
          { correlationId, captureId: job.captureId, generation: job.generation, stage, result, durationMs },
          'stage',
        );
      } catch (error) {
        const { cause, correlationId } =
          error instanceof StageFailure ? error : { cause: error, correlationId: null };
        const { captureId, generation } = job;
        logger.warn(
          { err: cause, correlationId, captureId, generation, stage, attempt },
          'stage attempt failed',
        );
        throw error;
      }
    },
    { concurrency },
  );
}

function loop(logger: Logger, name: string, intervalMs: number, task: () => Promise<number>): Loop {
  return new Loop(task, intervalMs, (error) => logger.warn({ err: error, loop: name }, 'round failed'));
}

async function closeAll(closers: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const close of closers) await close();
}
