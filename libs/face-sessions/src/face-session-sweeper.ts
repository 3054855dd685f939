import { SYSTEM_ACTOR } from '#audit';
import type { UnitOfWork } from '#database';
import { endSessions } from './face-session.js';

const BATCH = 200;
/** Longer than a capture can open a session, so that a session which is gone never lets its capture open another. */
const KEPT_AFTER_END = '24 hours';

interface DueRow {
  readonly tenantId: string;
  readonly ids: string[];
}

/** Ends sessions that were idle or ran out, so that the trail says when, and removes those that ended a day ago. */
export class FaceSessionSweeper {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** One batch of each; returns how many, so that a caller knows whether to go on at once. */
  async sweepDue(): Promise<number> {
    const due = await this.unitOfWork.inSystem((manager) =>
      manager.query<DueRow[]>(
        `SELECT tenant_id AS "tenantId", array_agg(id) AS ids FROM (
           SELECT id, tenant_id FROM face_sessions WHERE ended_at IS NULL AND ends_at <= now() ORDER BY ends_at LIMIT $1
         ) due GROUP BY tenant_id`,
        [BATCH],
      ),
    );
    let swept = await this.removeOld();
    for (const { tenantId, ids } of due) {
      const condition = { sql: 'id = ANY($1::uuid[]) AND ends_at <= now()', value: ids };
      const ended = await this.unitOfWork.inTenant(tenantId, (manager) =>
        endSessions(manager, { tenantId, actor: SYSTEM_ACTOR }, 'expired', condition),
      );
      swept += ended.length;
    }
    return swept;
  }

  private removeOld(): Promise<number> {
    return this.unitOfWork.inSystem(async (manager) => {
      const [, count] = await manager.query<[unknown, number]>(
        `DELETE FROM face_sessions WHERE id IN (
           SELECT id FROM face_sessions WHERE ended_at < now() - interval '${KEPT_AFTER_END}' LIMIT $1)`,
        [BATCH],
      );
      return count;
    });
  }
}
