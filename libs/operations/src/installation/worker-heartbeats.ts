import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import type { UnitOfWork } from '#database';
import type { Stage } from '#queue';

/** How often a worker says that it is there. */
export const HEARTBEAT_MS = 5_000;
/** A worker not heard of for so long is no longer counted on: three beats were missed. */
const PRESENT_FOR = `interval '15 seconds'`;
const FORGOTTEN_AFTER = `interval '1 hour'`;

/** A model of the manifest that a worker was built with. */
export interface KnownModel {
  readonly id: string;
  readonly version: string;
  readonly sha256: string;
  /** No decision rests on it. */
  readonly optional: boolean;
  /** Loaded and self-tested. */
  readonly loaded: boolean;
}

/** What a worker says of itself. */
export interface WorkerDescription {
  readonly version: string;
  /** The stages it consumes now. */
  readonly stages: readonly Stage[];
  /** Null where it runs no inference. */
  readonly inferenceBackend: string | null;
  /** Empty where it runs no inference. */
  readonly models: readonly KnownModel[];
}

/** A worker as the others see it. */
export interface WorkerPresence extends WorkerDescription {
  readonly workerId: string;
  readonly uptimeSeconds: number;
  readonly seenSecondsAgo: number;
}

/** One worker's own heartbeat. PostgreSQL keeps it, because not every queue back end knows its consumers. */
export class WorkerHeartbeat {
  readonly workerId = uuid();
  private lastAt: number | undefined;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly describe: () => WorkerDescription,
  ) {}

  /** Milliseconds since the last beat that arrived; undefined before the first. */
  get ageMs(): number | undefined {
    return this.lastAt === undefined ? undefined : performance.now() - this.lastAt;
  }

  async beat(): Promise<void> {
    const { version, stages, inferenceBackend, models } = this.describe();
    await this.unitOfWork.inSystem(async (manager) => {
      await manager.query(
        `INSERT INTO worker_heartbeats (worker_id, version, stages, inference_backend, models) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (worker_id) DO UPDATE SET seen_at = now(), stages = EXCLUDED.stages`,
        [this.workerId, version, stages, inferenceBackend, JSON.stringify(models)],
      );
      await manager.query(`DELETE FROM worker_heartbeats WHERE seen_at < now() - ${FORGOTTEN_AFTER}`);
    });
    this.lastAt = performance.now();
  }

  /** Says goodbye, so that nobody counts on this worker any longer. */
  async end(): Promise<void> {
    await this.unitOfWork.inSystem((manager) =>
      manager.query('DELETE FROM worker_heartbeats WHERE worker_id = $1', [this.workerId]),
    );
  }
}

/** The workers that are there now. */
export function readWorkers(manager: EntityManager): Promise<WorkerPresence[]> {
  return manager.query<WorkerPresence[]>(
    `SELECT worker_id AS "workerId", version, stages, inference_backend AS "inferenceBackend", models,
       extract(epoch FROM now() - started_at)::float8 AS "uptimeSeconds",
       extract(epoch FROM now() - seen_at)::float8 AS "seenSecondsAgo"
     FROM worker_heartbeats WHERE seen_at > now() - ${PRESENT_FOR} ORDER BY started_at, worker_id`,
  );
}
