import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { WebhookEndpointEntity } from '../endpoints/webhook-endpoint.entity.js';
import type { WebhookEvent } from '../event-types.js';

/**
 * Writes the event down, once, with a delivery for every enabled endpoint that wants it. A tenant without endpoints has no events; one whose
 * endpoints are disabled has, so that they can be delivered later.
 * @returns how many deliveries are due now
 */
export async function tellEndpoints(
  manager: EntityManager,
  tenantId: string,
  event: WebhookEvent,
): Promise<number> {
  const endpoints = await manager.find(WebhookEndpointEntity);
  if (endpoints.length === 0) return 0;
  const { type, about, captureId, occurredAt, data } = event;
  const id = uuid();
  const written = await manager.query<unknown[]>(
    `INSERT INTO webhook_events (id, tenant_id, type, about, capture_id, occurred_at, data) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (tenant_id, type, about) DO NOTHING RETURNING 1`,
    [id, tenantId, type, about, captureId, occurredAt, data],
  );
  if (written.length === 0) return 0;
  const wanting = endpoints.filter(
    ({ state, eventTypes }) => state === 'enabled' && (!eventTypes || eventTypes.includes(type)),
  );
  for (const endpoint of wanting)
    await manager.query(
      'INSERT INTO webhook_deliveries (id, tenant_id, event_id, endpoint_id) VALUES ($1, $2, $3, $4)',
      [uuid(), tenantId, id, endpoint.id],
    );
  return wanting.length;
}
