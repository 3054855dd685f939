import type { UnitOfWork } from '#database';
import type { TaskQueue } from '#queue';
import type { DeliveryTask } from './delivery-task.js';

const DISPATCH_LOCK = 0x5b12;

/** After which a job that nobody has begun counts as lost by the queue. */
const QUEUE_PATIENCE_MS = 30_000;

/**
 * Puts due deliveries into the queue, of each endpoint only so many at a time, so that one that hangs or has a backlog leaves the workers to
 * the others. PostgreSQL is the schedule: retries are rows and no delayed jobs, so an emptied queue loses nothing.
 */
export class WebhookDispatcher {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly queue: Pick<TaskQueue<DeliveryTask>, 'enqueue'>,
    private readonly settings: { readonly perEndpoint: number },
  ) {}

  /** @returns how many were put into the queue. @throws QueueUnavailableError; they are tried again after a while */
  async dispatchDue(): Promise<number> {
    const due = await this.claim();
    await Promise.all(due.map((task) => this.queue.enqueue({ v: 1, ...task })));
    return due.length;
  }

  private claim(): Promise<Omit<DeliveryTask, 'v'>[]> {
    return this.unitOfWork.inSystem(async (manager) => {
      const [lock] = await manager.query<{ held: boolean }[]>(
        'SELECT pg_try_advisory_xact_lock($1) AS held',
        [DISPATCH_LOCK],
      );
      if (!lock?.held) return [];
      const [rows] = await manager.query<[Omit<DeliveryTask, 'v'>[], number]>(
        `UPDATE webhook_deliveries SET claim_token = NULL, dispatches = dispatches + 1,
           claimed_until = now() + $2 * interval '1 millisecond'
         WHERE id IN (
           SELECT due.id FROM webhook_endpoints e CROSS JOIN LATERAL (
             SELECT d.id FROM webhook_deliveries d
             WHERE d.endpoint_id = e.id AND d.state = 'pending' AND d.next_attempt_at <= now()
               AND (d.claimed_until IS NULL OR d.claimed_until <= now())
             ORDER BY d.next_attempt_at
             LIMIT GREATEST(0, $1 - (SELECT count(*) FROM webhook_deliveries b WHERE b.endpoint_id = e.id AND b.claimed_until > now()))
           ) AS due WHERE e.state = 'enabled')
         RETURNING tenant_id AS "tenantId", id AS "deliveryId", dispatches AS dispatch`,
        [this.settings.perEndpoint, QUEUE_PATIENCE_MS],
      );
      return rows;
    });
  }
}
