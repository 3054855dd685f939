import { SYSTEM_ACTOR } from '#audit';
import type { UnitOfWork } from '#database';
import { endSessions } from './face-session.js';

/** Of each tenant, so that none keeps the others waiting. */
const BATCH = 200;
/** Longer than a capture can open a session, so that a session which is gone never lets its capture open another. */
const KEPT_AFTER_END = '24 hours';

interface DueRow {
  readonly tenantId: string;
  readonly ids: string[];
}

/** Ends sessions that were idle or ran out, so that the trail says when, and removes those that ended a day ago. */
export class FaceSessionSweeper {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    /** Called for each tenant whose sessions could not be ended; the others' are. */
    private readonly onError: (error: unknown, tenantId: string) => void,
  ) {}

  /** One batch of each; returns how many, so that a caller knows whether to go on at once. */
  async sweepDue(): Promise<number> {
    const due = await this.unitOfWork.inSystem((manager) =>
      manager.query<DueRow[]>(
        `SELECT tenant_id AS "tenantId", (array_agg(id ORDER BY ends_at))[:$1] AS ids
         FROM face_sessions WHERE ended_at IS NULL AND ends_at <= now() GROUP BY tenant_id`,
        [BATCH],
      ),
    );
    let swept = 0;
    for (const each of due)
      swept += await this.end(each).catch((error: unknown) => {
        this.onError(error, each.tenantId);
        return 0;
      });
    return swept + (await this.removeOld());
  }

  private end({ tenantId, ids }: DueRow): Promise<number> {
    const condition = { sql: 'id = ANY($1::uuid[]) AND ends_at <= now()', value: ids };
    return this.unitOfWork.inTenant(tenantId, async (manager) => {
      const by = { tenantId, actor: SYSTEM_ACTOR };
      return (await endSessions(manager, by, 'expired', condition)).length;
    });
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
