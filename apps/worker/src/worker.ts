import { copyAuditTo } from '#audit';
import { BlobReaper, captureTopics, RunSimulations, Sweeper } from '#captures';
import type { Config } from '#config';
import { Listener, Loop, OutboxRelay } from '#database';
import { IDEMPOTENCY_DEFAULTS, IdempotencyKeys } from '#idempotency';
import { FaceSessionSweeper } from '#face-sessions';
import type { Logger, Logs } from '#observability';
import { HEARTBEAT_MS, WorkerHeartbeat } from '#operations';
import { openConfiguredQueue, Platform } from '#platform';
import { STAGES } from '#queue';
import { auditTasks } from './audit-tasks.js';
import { openHealthListener } from './health-listener.js';
import { createPipeline } from './pipeline.js';
import { stageHandler } from './stage-handler.js';
import { describeWorker, WorkerHealth } from './worker-health.js';
import { WorkerMetrics } from './worker-metrics.js';
import { openSender, startWebhooks } from './webhooks.js';

const OUTBOX_CHANNEL = 'sb_outbox';
const REAP_INTERVAL_MS = 5_000;
const SIMULATION_INTERVAL_MS = 1_000;
const FORGET_INTERVAL_MS = 60_000;
const SESSIONS_INTERVAL_MS = 5_000;

/** One worker process: consumers of its stages, and the relay, sweeper and reaper that every worker runs. */
export class Worker {
  private constructor(private readonly closers: readonly (() => Promise<unknown>)[]) {}

  static async start(config: Config, logs: Logs): Promise<Worker> {
    const logger = logs.application;
    const closers: (() => Promise<unknown>)[] = [];
    const onClose = (close: () => Promise<unknown>) => closers.unshift(close);
    try {
      const metrics = new WorkerMetrics();
      const health = new WorkerHealth(config.WORKER_STAGES);
      const listener = await openHealthListener(config, health, metrics.metrics, logger);
      onClose(() => listener?.close() ?? Promise.resolve());
      const endAuditCopy = copyAuditTo((record) => logs.audit.info(record, 'deed'));
      onClose(() => Promise.resolve(endAuditCopy()));
      const platform = await Platform.open(config, logger);
      onClose(() => platform.close());
      const { pipeline, decision, engine } = await createPipeline(config, logger, platform, metrics, onClose);
      // Closed behind the queue, which waits for the attempts that are being made.
      const sender = openSender(config, onClose);
      const queue = await openConfiguredQueue(config, 'worker', logger);
      const { unitOfWork, blobs } = platform;
      const heartbeat = new WorkerHeartbeat(unitOfWork, () => describeWorker(engine, queue));
      onClose(() => Promise.all([queue.close(), heartbeat.end().catch(() => undefined)]));

      for (const stage of STAGES.filter((name) => config.WORKER_STAGES.includes(name))) {
        const handler = stageHandler(stage, pipeline, logger, metrics.stages);
        await queue.consume(stage, handler, { concurrency: config.WORKER_CONCURRENCY });
      }

      const webhooks = await startWebhooks(config, logger, platform, queue, sender, metrics.webhooks);
      const topics = { ...captureTopics(unitOfWork, queue), ...webhooks.topics };
      const relay = new OutboxRelay(unitOfWork, topics, {
        leaseMs: config.RELAY_LEASE_MS,
        onError: (error, { topic, aggregateId }) =>
          logger.warn({ err: error, topic, captureId: aggregateId }, 'outbox message postponed'),
      });
      const sweeper = new Sweeper(unitOfWork, queue, decision, {
        checkAfterMs: config.SWEEP_CHECK_AFTER_MS,
        onError: (error, captureId) => logger.warn({ err: error, captureId }, 'capture not swept'),
      });
      const reaper = new BlobReaper(unitOfWork, blobs, (error, tenantId) =>
        logger.warn({ err: error, tenantId }, 'blobs not removed'),
      );
      const simulations = new RunSimulations(unitOfWork);
      const idempotencyKeys = new IdempotencyKeys(unitOfWork, platform.keyring, IDEMPOTENCY_DEFAULTS);
      const sessions = new FaceSessionSweeper(unitOfWork, (error, tenantId) =>
        logger.error({ err: error, tenantId }, 'face sessions not ended'),
      );
      const relayLoop = loop(logger, 'relay', config.RELAY_INTERVAL_MS, () => relay.relayDue());
      const loops = [
        relayLoop,
        loop(logger, 'sweeper', config.SWEEP_INTERVAL_MS, () => sweeper.sweepDue()),
        loop(logger, 'reaper', REAP_INTERVAL_MS, () => reaper.reapDue()),
        loop(logger, 'simulations', SIMULATION_INTERVAL_MS, () => simulations.runDue()),
        loop(logger, 'idempotency keys', FORGET_INTERVAL_MS, () => idempotencyKeys.removeExpired()),
        ...webhooks.loops,
        loop(logger, 'face sessions', SESSIONS_INTERVAL_MS, () => sessions.sweepDue()),
        ...auditTasks(config, unitOfWork, logger, metrics.auditVerified).map(({ name, intervalMs, run }) =>
          loop(logger, name, intervalMs, run),
        ),
        loop(logger, 'heartbeat', HEARTBEAT_MS, () => heartbeat.beat().then(() => 0)),
      ];
      const outboxListener = new Listener(config.DATABASE_SYSTEM_URL, {
        [OUTBOX_CHANNEL]: () => relayLoop.wake(),
      });
      await outboxListener.start();
      for (const each of loops) each.start();
      onClose(() => Promise.all([outboxListener.close(), ...loops.map((each) => each.stop())]));
      health.started({ engine, queue, heartbeat });
      onClose(() => Promise.resolve(health.ending()));
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

function loop(logger: Logger, name: string, intervalMs: number, task: () => Promise<number>): Loop {
  return new Loop(task, intervalMs, (error) => logger.warn({ err: error, loop: name }, 'round failed'));
}

async function closeAll(closers: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const close of closers) await close();
}
