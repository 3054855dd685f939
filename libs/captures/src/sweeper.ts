import type { EntityManager } from 'typeorm';
import { recordAudit, SYSTEM_ACTOR } from '#audit';
import { addToOutbox, deferBlobRemoval, type UnitOfWork } from '#database';
import type { JobState, Stage, StageQueue } from '#queue';
import { tryLockSubject } from '#subjects';
import { capturePrefix } from './capture-blobs.js';
import { lockCapture, moveCapture } from './capture.repository.js';
import { isInFlight } from './capture.state.js';
import { CaptureEntity } from './entities/capture.entity.js';
import type { DecisionStage } from './stages/decision.stage.js';
import { CAPTURE_SUBMITTED } from './submit-capture.js';

const SWEEP_LOCK = 0x5b11;
const BATCH = 100;

/** A job in one of these states will run without anybody's help. */
const RUNNABLE: ReadonlySet<JobState | 'missing'> = new Set<JobState>([
  'waiting',
  'active',
  'delayed',
  'prioritized',
]);

type Due = Pick<CaptureEntity, 'id' | 'tenantId'>;

/**
 * Looks at captures whose next check is due: expires what was never submitted, queues anew what the queue has lost, and past
 * the absolute deadline decides `inconclusive (processing_failed)`. It trusts PostgreSQL only, so it survives an emptied queue.
 */
export class Sweeper {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly queue: Pick<StageQueue, 'states'>,
    private readonly decision: DecisionStage,
    private readonly settings: {
      readonly checkAfterMs: number;
      readonly onError: (error: unknown, captureId: string) => void;
    },
  ) {}

  /** Checks one batch of due captures; returns how many, so that a caller knows whether to go on at once. */
  async sweepDue(): Promise<number> {
    const due = await this.claim();
    for (const capture of due) {
      await this.check(capture).catch((error: unknown) => this.settings.onError(error, capture.id));
    }
    return due.length;
  }

  /** Pushes the claimed captures' next check back first, so that one the sweeper dies over is looked at again, not for ever. */
  private claim(): Promise<Due[]> {
    return this.unitOfWork.inSystem(async (manager) => {
      const [lock] = await manager.query<{ held: boolean }[]>(
        'SELECT pg_try_advisory_xact_lock($1) AS held',
        [SWEEP_LOCK],
      );
      if (!lock?.held) return [];
      const [rows] = await manager.query<[Due[], number]>(
        `UPDATE captures SET next_check_at = now() + $2 * interval '1 millisecond'
         WHERE id IN (SELECT id FROM captures WHERE next_check_at <= now() ORDER BY next_check_at LIMIT $1 FOR UPDATE SKIP LOCKED)
         RETURNING id, tenant_id AS "tenantId"`,
        [BATCH, this.settings.checkAfterMs],
      );
      return rows;
    });
  }

  private async check({ id, tenantId }: Due): Promise<void> {
    const lost = await this.unitOfWork.inTenant(tenantId, async (manager) => {
      const unlocked = await manager.findOneBy(CaptureEntity, { id });
      if (unlocked?.subjectId) await tryLockSubject(manager, unlocked.subjectId);
      const capture = await lockCapture(manager, id);
      if (!capture) return null;
      if (!isInFlight(capture.state)) return this.expire(manager, capture);
      if ((capture.deadlineAt as Date).getTime() <= Date.now()) {
        await this.decision.giveUp(manager, capture);
        return null;
      }
      return (await isOnItsWay(manager, id)) ? null : { generation: capture.flowGeneration };
    });
    if (lost && isLost(await this.queue.states(id, lost.generation)))
      await this.requeue(tenantId, id, lost.generation);
  }

  private async expire(manager: EntityManager, capture: CaptureEntity): Promise<null> {
    const limit = capture.state === 'created' ? capture.expiresAt : capture.submitBy;
    if (limit && limit.getTime() <= Date.now() && (await moveCapture(manager, capture.id, 'expired'))) {
      await deferBlobRemoval(manager, capture.tenantId, capturePrefix(capture), new Date());
      await audit(manager, capture, 'capture.expired');
    }
    return null;
  }

  private requeue(tenantId: string, id: string, generation: number): Promise<void> {
    return this.unitOfWork.inTenant(tenantId, async (manager) => {
      const [, raised] = await manager.query<[unknown, number]>(
        `UPDATE captures SET flow_generation = flow_generation + 1
         WHERE id = $1 AND flow_generation = $2 AND state IN ('submitted', 'processing')`,
        [id, generation],
      );
      if (raised !== 1) return;
      await addToOutbox(manager, tenantId, { topic: CAPTURE_SUBMITTED, aggregateId: id, payloadVersion: 1 });
      const capture = await manager.findOneByOrFail(CaptureEntity, { id });
      await audit(manager, capture, 'capture.requeued', { generation: capture.flowGeneration });
    });
  }
}

/** Still in the outbox: the relay will put it into the queue as soon as that answers. */
function isOnItsWay(manager: EntityManager, id: string): Promise<boolean> {
  return manager
    .query<unknown[]>('SELECT 1 FROM outbox WHERE aggregate_id = $1 AND topic = $2', [id, CAPTURE_SUBMITTED])
    .then((rows) => rows.length > 0);
}

function isLost(states: Readonly<Record<Stage, JobState | 'missing'>>): boolean {
  return !Object.values(states).some((state) => RUNNABLE.has(state));
}

function audit(
  manager: EntityManager,
  capture: CaptureEntity,
  action: 'capture.expired' | 'capture.requeued',
  detail?: Record<string, number>,
): Promise<void> {
  return recordAudit(manager, capture.tenantId, {
    action,
    outcome: 'success',
    actor: SYSTEM_ACTOR,
    target: { kind: 'capture', id: capture.id },
    correlationId: capture.correlationId,
    detail,
  });
}
