import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import type { AuditEvent } from './audit-event.js';
import { tellAuditLog } from './audit-log.js';

/** Adds the event to the insert-only trail in the transaction of the deed, so that neither exists without the other. */
export async function recordAudit(
  manager: EntityManager,
  tenantId: string,
  event: AuditEvent,
): Promise<void> {
  const id = uuid();
  await manager.query(
    `INSERT INTO audit_events
       (id, tenant_id, action, outcome, actor_kind, actor_id, target_kind, target_id, correlation_id, detail)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      id,
      tenantId,
      event.action,
      event.outcome,
      event.actor.kind,
      event.actor.id ?? null,
      event.target?.kind ?? null,
      event.target?.id ?? null,
      event.correlationId ?? null,
      event.detail ?? {},
    ],
  );
  tellAuditLog(manager, { ...event, id, tenantId });
}
