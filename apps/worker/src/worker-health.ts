import type { Config } from '#config';
import { productVersion } from '#observability';
import { HEARTBEAT_MS, type WorkerDescription, type WorkerHeartbeat } from '#operations';
import type { Stage, StageQueue } from '#queue';
import type { Engine } from './engine.js';

/** Three missed beats: the others count on this worker no longer. */
const SILENT_AFTER_MS = 3 * HEARTBEAT_MS;

export type WorkerStatus = 'up' | 'degraded' | 'down';

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

  async status(): Promise<WorkerStatus> {
    if (!this.parts) return 'down';
    const { queue, heartbeat } = this.parts;
    const consuming = this.stages.every((stage) => queue.consuming.includes(stage));
    const heard = (heartbeat.ageMs ?? Infinity) < SILENT_AFTER_MS;
    if (!consuming || !heard) return 'down';
    return (await answers(queue)) ? 'up' : 'degraded';
  }

  /** For operators. */
  async detail(): Promise<object> {
    const status = await this.status();
    const service = { version: productVersion(), uptimeSeconds: Math.round(process.uptime()) };
    if (!this.parts) return { status, service };
    const { engine, queue, heartbeat } = this.parts;
    const { ageMs, workerId } = heartbeat;
    return {
      status,
      service,
      stages: this.stages.map((stage) => ({ stage, consumed: queue.consuming.includes(stage) })),
      queue: { backend: queue.backend, status: (await answers(queue)) ? 'up' : 'down' },
      inference: engine,
      heartbeat: { workerId, secondsAgo: ageMs === undefined ? null : ageMs / 1_000 },
    };
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
