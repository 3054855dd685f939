import { type AuditLag, readAuditLag } from '#audit';
import { readStageBacklog, type StageBacklog } from '#captures';
import { type OutboxLag, readOutboxLag, type UnitOfWork } from '#database';
import { SharedReading } from '#observability';
import { type Stage, STAGES } from '#queue';
import { readWorkers, type WorkerPresence } from './worker-heartbeats.js';

const KEEP_MS = 3_000;
const DEADLINE_MS = 2_000;

/** The whole installation at one moment, as PostgreSQL tells it. */
export interface InstallationState {
  readonly backlog: readonly StageBacklog[];
  readonly outbox: OutboxLag;
  readonly audit: AuditLag;
  readonly workers: readonly WorkerPresence[];
}

/** What operators ask of the installation; read at most every three seconds, however many ask, and never waited for longer than two. */
export class Installation {
  private readonly reading: SharedReading<InstallationState>;

  constructor(unitOfWork: UnitOfWork) {
    const read = () =>
      unitOfWork.inSystem(async (manager) => ({
        backlog: await readStageBacklog(manager),
        outbox: await readOutboxLag(manager),
        audit: await readAuditLag(manager),
        workers: await readWorkers(manager),
      }));
    this.reading = new SharedReading(read, { keepMs: KEEP_MS, deadlineMs: DEADLINE_MS });
  }

  /** Undefined when the database does not say in time. */
  state(): Promise<InstallationState | undefined> {
    return this.reading.get();
  }
}

/** How many workers serve each stage. */
export function consumersByStage({ workers }: InstallationState): Record<Stage, number> {
  const count = (stage: Stage) => workers.filter(({ stages }) => stages.includes(stage)).length;
  return Object.fromEntries(STAGES.map((stage) => [stage, count(stage)])) as Record<Stage, number>;
}
