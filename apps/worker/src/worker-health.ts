import type { Config } from '#config';
import { productVersion } from '#observability';
import { type HealthStatus, HEARTBEAT_MS, type WorkerDescription, type WorkerHeartbeat } from '#operations';
import type { Stage, StageQueue } from '#queue';
import type { Engine } from './engine.js';

/** Three missed beats: the others count on this worker no longer. */
const SILENT_AFTER_MS = 3 * HEARTBEAT_MS;

interface Parts {
  readonly engine: Engine;
  readonly queue: Pick<StageQueue, 'backend' | 'consuming' | 'ping'>;
  readonly heartbeat: WorkerHeartbeat;
}

/** Whether a worker does its work: models loaded and self-tested, its stages consumed, its heartbeat arriving. */
export class WorkerHealth {
  private parts: Parts | undefined;

  constructor(private readonly stages: Config['WORKER_STAGES']) {}

  /** Called once the models are loaded and the consumers run; before that the worker is not ready. */
  started(parts: Parts): void {
    this.parts = parts;
  }

  /** From now on it takes no further jobs. */
  ending(): void {
    this.parts = undefined;
  }

  async status(): Promise<HealthStatus> {
    return this.parts ? this.judge(this.parts, await answers(this.parts.queue)) : 'down';
  }

  /** For operators. */
  async detail(): Promise<{ readonly status: HealthStatus; readonly [part: string]: unknown }> {
    const service = { version: productVersion(), uptimeSeconds: Math.round(process.uptime()) };
    if (!this.parts) return { status: 'down', service };
    const { engine, queue, heartbeat } = this.parts;
    const queueAnswers = await answers(queue);
    const { ageMs, workerId } = heartbeat;
    return {
      status: this.judge(this.parts, queueAnswers),
      service,
      stages: this.stages.map((stage) => ({ stage, consumed: queue.consuming.includes(stage) })),
      queue: { backend: queue.backend, status: queueAnswers ? 'up' : 'down' },
      inference: engine,
      heartbeat: { workerId, secondsAgo: ageMs === undefined ? null : ageMs / 1_000 },
    };
  }

  private judge({ queue, heartbeat }: Parts, queueAnswers: boolean): HealthStatus {
    const consuming = this.stages.every((stage) => queue.consuming.includes(stage));
    const heard = (heartbeat.ageMs ?? Infinity) < SILENT_AFTER_MS;
    if (!consuming || !heard) return 'down';
    return queueAnswers ? 'up' : 'degraded';
  }
}

/** The worker's own words for its heartbeat. */
export function describeWorker(
  engine: Engine,
  queue: { readonly consuming: readonly Stage[] },
): WorkerDescription {
  return {
    version: productVersion(),
    stages: queue.consuming,
    inferenceBackend: engine.backend,
    models: engine.models,
  };
}

function answers(queue: Parts['queue']): Promise<boolean> {
  return queue.ping().then(
    () => true,
    () => false,
  );
}
