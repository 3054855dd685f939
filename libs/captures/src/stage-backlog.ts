import type { EntityManager } from 'typeorm';
import { type Stage, STAGES } from '#queue';

/** The captures of all tenants that one stage still has to handle. */
export interface StageBacklog {
  readonly stage: Stage;
  /** Captures at whose stage no worker has begun. */
  readonly waiting: number;
  /** Captures at whose stage a worker has begun. */
  readonly running: number;
  /** Seconds since the stage became due for the oldest of them, waiting or running; 0 when there is none. */
  readonly oldestSeconds: number;
}

/** Every stage's backlog as the captures tell it, whatever has become of the queue; for the system role. */
export async function readStageBacklog(manager: EntityManager): Promise<StageBacklog[]> {
  const rows = await manager.query<StageBacklog[]>(
    `SELECT stage,
       count(*) FILTER (WHERE stage_started_at IS NULL)::int AS waiting,
       count(*) FILTER (WHERE stage_started_at IS NOT NULL)::int AS running,
       GREATEST(0, extract(epoch FROM now() - min(stage_queued_at)))::float8 AS "oldestSeconds"
     FROM captures WHERE state IN ('submitted', 'processing') GROUP BY stage`,
  );
  return STAGES.map(
    (stage) => rows.find((row) => row.stage === stage) ?? { stage, waiting: 0, running: 0, oldestSeconds: 0 },
  );
}
