import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { recordAudit, SYSTEM_ACTOR } from '#audit';
import type { Keyring, SealedRecord } from '#crypto';
import type { UnitOfWork } from '#database';
import { openSecret, readSecrets } from '../endpoints/endpoint-secrets.js';
import type { DisabledReason } from '../endpoints/webhook-endpoint.entity.js';
import { nextDelay } from '../sending/retry-schedule.js';
import type { AttemptResult, WebhookSender } from '../sending/webhook-sender.js';
import type { WebhookSettings } from '../settings.js';
import type { DeliveryTask } from './delivery-task.js';
import { tellEndpoints } from './tell.js';
import { webhookBody } from './webhook-body.js';

/** What became of an attempt. */
export interface DeliveryReport {
  readonly endpointId: string;
  readonly eventId: string;
  readonly result: AttemptResult;
  readonly state: 'pending' | 'delivered' | 'failed';
  /** From what happened to the end of this attempt. */
  readonly lagMs: number;
  readonly disabled: DisabledReason | null;
}

/** What one attempt needs, claimed for it alone. */
interface Work {
  readonly token: string;
  readonly tries: number;
  readonly eventId: string;
  readonly endpointId: string;
  readonly url: string;
  readonly body: string;
  readonly occurredAt: Date;
  readonly secrets: readonly SealedRecord[];
}

/** The end of a claim beyond the attempt's own time-out: time to write down how it went. */
const CLAIM_MARGIN_MS = 15_000;

/**
 * One attempt at a delivery: claimed in one transaction, made with none open, written down in another. A process that dies in between leaves
 * a claim that ends, and the receiver hears it again under the same id.
 */
export class DeliverWebhook {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly keyring: Keyring,
    private readonly sender: Pick<WebhookSender, 'send'>,
    private readonly settings: WebhookSettings,
  ) {}

  /** @returns null when there is nothing to do: delivered, erased, disabled, not due, or another job's */
  async execute({ tenantId, deliveryId }: DeliveryTask, signal: AbortSignal): Promise<DeliveryReport | null> {
    const work = await this.unitOfWork.inTenant(tenantId, (manager) => this.begin(manager, deliveryId));
    if (!work) return null;
    const { eventId: id, endpointId, url, body } = work;
    const owner = { tenantId, endpointId };
    const secrets = await Promise.all(work.secrets.map((each) => openSecret(this.keyring, owner, each)));
    const result = await this.sender.send({ id, url, body, secrets }, signal);
    return this.unitOfWork.inTenant(tenantId, (manager) =>
      this.finish(manager, { tenantId, deliveryId }, work, result),
    );
  }

  private async begin(manager: EntityManager, deliveryId: string): Promise<Work | null> {
    const token = randomUUID();
    const [[claimed]] = await manager.query<
      [Omit<Work, 'token' | 'body' | 'secrets' | 'occurredAt'>[], number]
    >(
      `UPDATE webhook_deliveries d SET claim_token = $2, claimed_until = now() + $3 * interval '1 millisecond'
       FROM webhook_endpoints e
       WHERE d.id = $1 AND e.id = d.endpoint_id AND e.state = 'enabled' AND d.state = 'pending' AND d.next_attempt_at <= now()
         AND (d.claim_token IS NULL OR d.claimed_until <= now())
       RETURNING d.tries, d.event_id AS "eventId", d.endpoint_id AS "endpointId", e.url`,
      [deliveryId, token, this.settings.timeoutMs + CLAIM_MARGIN_MS],
    );
    if (!claimed) return null;
    const [event] = await manager.query<Parameters<typeof webhookBody>>(
      'SELECT type, occurred_at AS "occurredAt", data FROM webhook_events WHERE id = $1',
      [claimed.eventId],
    );
    const secrets = await readSecrets(manager, claimed.endpointId);
    return { ...claimed, token, secrets, body: webhookBody(event), occurredAt: event.occurredAt };
  }

  private async finish(
    manager: EntityManager,
    { tenantId, deliveryId }: Pick<DeliveryTask, 'tenantId' | 'deliveryId'>,
    work: Work,
    result: AttemptResult,
  ): Promise<DeliveryReport | null> {
    const { endpointId, eventId } = work;
    // Before the delivery, as a redelivery and a removal do, or each would wait for the other's row.
    await manager.query('SELECT 1 FROM webhook_endpoints WHERE id = $1 FOR NO KEY UPDATE', [endpointId]);
    const delivered = result.outcome === 'delivered';
    const delay = delivered ? null : nextDelay(this.settings.retryMs, work.tries + 1, result.retryAfterMs);
    const state = delivered ? 'delivered' : delay === null ? 'failed' : 'pending';
    const [[written]] = await manager.query<[{ attempts: number; lagMs: number }[], number]>(
      `UPDATE webhook_deliveries SET state = $3, attempts = attempts + 1, tries = tries + 1, claim_token = NULL, claimed_until = NULL,
         next_attempt_at = now() + $4 * interval '1 millisecond', delivered_at = CASE WHEN $3 = 'delivered' THEN now() END
       WHERE id = $1 AND claim_token = $2
       RETURNING attempts, (extract(epoch FROM now() - $5::timestamptz) * 1000)::float8 AS "lagMs"`,
      [deliveryId, work.token, state, delay ?? 0, work.occurredAt],
    );
    // Another job has taken over, or the endpoint is gone.
    if (!written) return null;
    const { startedAt, durationMs, outcome, status } = result;
    await manager.query(
      `INSERT INTO webhook_attempts (delivery_id, tenant_id, attempt, started_at, duration_ms, outcome, status)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [deliveryId, tenantId, written.attempts, startedAt, durationMs, outcome, status],
    );
    const disabled = delivered
      ? await recovered(manager, endpointId)
      : await this.failing(manager, tenantId, endpointId, outcome === 'gone');
    return { endpointId, eventId, result, state, disabled, lagMs: Math.max(0, written.lagMs) };
  }

  /** Notes that the endpoint fails, and disables it when it is gone or has failed for too long. */
  private async failing(
    manager: EntityManager,
    tenantId: string,
    endpointId: string,
    gone: boolean,
  ): Promise<DisabledReason | null> {
    const reason: DisabledReason = gone ? 'gone' : 'failing';
    await manager.query(
      'UPDATE webhook_endpoints SET failing_since = now() WHERE id = $1 AND failing_since IS NULL',
      [endpointId],
    );
    const [, changed] = await manager.query<[unknown, number]>(
      `UPDATE webhook_endpoints SET state = 'disabled', disabled_reason = $2, disabled_at = now()
       WHERE id = $1 AND state = 'enabled' AND ($3 OR failing_since <= now() - $4 * interval '1 millisecond')`,
      [endpointId, reason, gone, this.settings.disableAfterMs],
    );
    if (changed === 0) return null;
    await recordAudit(manager, tenantId, {
      action: 'webhook_endpoint.disabled',
      outcome: 'success',
      actor: SYSTEM_ACTOR,
      target: { kind: 'webhook_endpoint', id: endpointId },
      detail: { reason },
    });
    await tellEndpoints(manager, tenantId, {
      type: 'webhook.endpoint_disabled',
      about: uuid(),
      captureId: null,
      occurredAt: new Date(),
      data: { endpointId, reason },
    });
    return reason;
  }
}

async function recovered(manager: EntityManager, endpointId: string): Promise<null> {
  await manager.query(
    'UPDATE webhook_endpoints SET failing_since = NULL WHERE id = $1 AND failing_since IS NOT NULL',
    [endpointId],
  );
  return null;
}
