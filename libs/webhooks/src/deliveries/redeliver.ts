import type { EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import type { UnitOfWork } from '#database';
import { ProblemError } from '#errors';
import type { Caller } from '#subjects';
import type { WebhookEndpointEntity } from '../endpoints/webhook-endpoint.entity.js';
import { lockEndpoint } from '../endpoints/webhook-endpoints.js';

/** From which a delivery starts its schedule anew; the count of its attempts goes on. */
const AGAIN = `state = 'pending', tries = 0, next_attempt_at = now(), claim_token = NULL, claimed_until = NULL, delivered_at = NULL`;

/** Delivers again what was delivered or has failed, under the same `webhook-id`; what is pending goes on as it is. */
export class RedeliverWebhooks {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws ProblemError webhook_endpoint_not_found, webhook_delivery_not_found, webhook_endpoint_disabled */
  one(caller: Caller, endpointId: string, deliveryId: string): Promise<void> {
    return this.unitOfWork.inTenant(caller.tenantId, async (manager) => {
      await enabledEndpoint(manager, endpointId);
      const found = await manager.query<unknown[]>(
        'SELECT 1 FROM webhook_deliveries WHERE id = $1 AND endpoint_id = $2',
        [deliveryId, endpointId],
      );
      if (found.length === 0) throw new ProblemError('webhook_delivery_not_found');
      await manager.query(`UPDATE webhook_deliveries SET ${AGAIN} WHERE id = $1 AND state <> 'pending'`, [
        deliveryId,
      ]);
      await audit(manager, caller, endpointId, 1);
    });
  }

  /**
   * Everything that happened in the range and that the endpoint wants, also what it was never sent because it was disabled or not there.
   * @returns how many deliveries that makes
   * @throws ProblemError webhook_endpoint_not_found, webhook_endpoint_disabled
   */
  range(
    caller: Caller,
    endpointId: string,
    range: { readonly from: Date; readonly to: Date },
  ): Promise<number> {
    const { tenantId } = caller;
    return this.unitOfWork.inTenant(tenantId, async (manager) => {
      const { eventTypes } = await enabledEndpoint(manager, endpointId);
      const again = await manager.query<unknown[]>(
        `INSERT INTO webhook_deliveries (id, tenant_id, event_id, endpoint_id)
         SELECT gen_random_uuid(), tenant_id, id, $1 FROM webhook_events
         WHERE occurred_at >= $2 AND occurred_at < $3 AND ($4::text[] IS NULL OR type = ANY($4))
         ON CONFLICT (event_id, endpoint_id) DO UPDATE SET ${AGAIN} WHERE webhook_deliveries.state <> 'pending'
         RETURNING 1`,
        [endpointId, range.from, range.to, eventTypes],
      );
      await audit(manager, caller, endpointId, again.length);
      return again.length;
    });
  }
}

async function enabledEndpoint(manager: EntityManager, id: string): Promise<WebhookEndpointEntity> {
  const endpoint = await lockEndpoint(manager, id);
  if (endpoint.state === 'disabled') throw new ProblemError('webhook_endpoint_disabled');
  return endpoint;
}

function audit(
  manager: EntityManager,
  caller: Caller,
  endpointId: string,
  deliveries: number,
): Promise<void> {
  return recordAudit(manager, caller.tenantId, {
    action: 'webhook_endpoint.redelivered',
    outcome: 'success',
    actor: caller.actor,
    target: { kind: 'webhook_endpoint', id: endpointId },
    correlationId: caller.correlationId,
    detail: { deliveries },
  });
}
