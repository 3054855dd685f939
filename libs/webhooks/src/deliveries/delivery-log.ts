import type { EntityManager } from 'typeorm';
import type { UnitOfWork } from '#database';
import { ProblemError } from '#errors';
import { findEndpoint } from '../endpoints/webhook-endpoints.js';
import type { WebhookEventType } from '../event-types.js';
import type { AttemptOutcome } from '../sending/webhook-sender.js';

export const DELIVERY_STATES = ['pending', 'delivered', 'failed'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

export interface AttemptView {
  readonly attempt: number;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly outcome: AttemptOutcome;
  /** Of the receiver's answer; null without one. */
  readonly status: number | null;
}

export interface DeliveryView {
  readonly id: string;
  /** The `webhook-id` of every attempt. */
  readonly eventId: string;
  readonly type: WebhookEventType;
  readonly captureId: string | null;
  readonly state: DeliveryState;
  readonly createdAt: Date;
  /** Null unless it is pending. */
  readonly nextAttemptAt: Date | null;
  readonly deliveredAt: Date | null;
  readonly attempts: readonly AttemptView[];
}

export interface DeliveryPage {
  /** Newest first. */
  readonly items: readonly DeliveryView[];
  /** Asks for the page behind this one; null when this is the last. */
  readonly nextCursor: string | null;
}

type Row = Omit<DeliveryView, 'attempts'>;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What was delivered to an endpoint and how it went; without bodies. */
export class DeliveryLog {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /**
   * @param page `limit` 1…100; `cursor` of the page before: the last delivery's id
   * @throws ProblemError webhook_endpoint_not_found, validation_failed for a cursor that is none
   */
  list(
    tenantId: string,
    endpointId: string,
    filter: { readonly state?: DeliveryState },
    page: { readonly limit: number; readonly cursor?: string },
  ): Promise<DeliveryPage> {
    const { limit, cursor = null } = page;
    if (cursor !== null && !UUID.test(cursor)) throw badCursor();
    return this.unitOfWork.inTenant(tenantId, async (manager) => {
      await findEndpoint(manager, endpointId);
      const rows = await manager.query<Row[]>(
        `SELECT d.id, d.event_id AS "eventId", e.type, e.capture_id AS "captureId", d.state, d.created_at AS "createdAt",
           CASE WHEN d.state = 'pending' THEN d.next_attempt_at END AS "nextAttemptAt", d.delivered_at AS "deliveredAt"
         FROM webhook_deliveries d JOIN webhook_events e ON e.id = d.event_id
         WHERE d.endpoint_id = $1 AND ($2::text IS NULL OR d.state = $2)
           AND ($3::uuid IS NULL OR (d.created_at, d.id) < (SELECT created_at, id FROM webhook_deliveries WHERE id = $3))
         ORDER BY d.created_at DESC, d.id DESC LIMIT $4`,
        [endpointId, filter.state ?? null, cursor, limit + 1],
      );
      const shown = rows.slice(0, limit);
      const items = await withAttempts(manager, shown);
      return { items, nextCursor: rows.length > limit ? (shown.at(-1)?.id ?? null) : null };
    });
  }
}

async function withAttempts(manager: EntityManager, rows: readonly Row[]): Promise<DeliveryView[]> {
  const attempts = await manager.query<(AttemptView & { readonly deliveryId: string })[]>(
    `SELECT delivery_id AS "deliveryId", attempt, started_at AS "startedAt", duration_ms AS "durationMs", outcome, status
     FROM webhook_attempts WHERE delivery_id = ANY($1::uuid[]) ORDER BY attempt`,
    [rows.map(({ id }) => id)],
  );
  return rows.map((row) => ({
    ...row,
    attempts: attempts
      .filter(({ deliveryId }) => deliveryId === row.id)
      .map(({ attempt, startedAt, durationMs, outcome, status }) => ({
        ...{ attempt, startedAt, durationMs, outcome, status },
      })),
  }));
}

function badCursor(): ProblemError {
  const errors = [{ member: 'cursor', rule: 'cursor must be the nextCursor of an earlier answer' }];
  return new ProblemError('validation_failed', { errors });
}
