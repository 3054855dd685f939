import { type Actor, recordAudit } from '#audit';
import type { UnitOfWork } from '#database';
import type { Stage, StageJob, StageQueue } from '#queue';

/** Who asked for it, and in which request. */
export interface ReDriveOrder {
  readonly operator: Actor;
  readonly correlationId: string;
}

export interface ReDriven {
  readonly retried: number;
  /** Failed jobs that were left: beyond the limit, or no longer failed when their turn came. */
  readonly skipped: number;
}

/** Most jobs of one order; each is audited in its own tenant. */
const LIMIT = 100;

/**
 * Runs failed jobs once more on an operator's order. A job acts only while its capture is in flight under its generation and has no
 * result of its stage, so a re-driven job of a capture that was decided, cancelled or erased meanwhile does nothing.
 */
export class ReDrive {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly queue: Pick<StageQueue, 'failed' | 'retry' | 'counts'>,
  ) {}

  /** @returns whether there was such a failed job */
  async one(order: ReDriveOrder, stage: Stage, id: string): Promise<boolean> {
    const [job] = await this.queue.failed(stage, { id });
    return job !== undefined && this.retry(order, stage, job);
  }

  /** The failed jobs of a stage, at most a hundred. */
  async all(order: ReDriveOrder, stage: Stage): Promise<ReDriven> {
    const before = (await this.queue.counts())[stage].failed;
    let retried = 0;
    for (const job of await this.queue.failed(stage, { limit: LIMIT })) {
      if (await this.retry(order, stage, job)) retried += 1;
    }
    return { retried, skipped: Math.max(0, before - retried) };
  }

  /** The trail comes first, so that nothing is done that it does not show; the queue knows no transaction to share with it. */
  private async retry(
    { operator, correlationId }: ReDriveOrder,
    stage: Stage,
    job: StageJob,
  ): Promise<boolean> {
    const { tenantId, captureId, generation } = job;
    await this.unitOfWork.inTenant(tenantId, (manager) =>
      recordAudit(manager, tenantId, {
        action: 'capture.redriven',
        outcome: 'success',
        actor: operator,
        target: { kind: 'capture', id: captureId },
        correlationId,
        detail: { stage, generation },
      }),
    );
    return this.queue.retry(stage, job);
  }
}
