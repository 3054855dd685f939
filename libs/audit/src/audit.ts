import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';

/** Who did it: a client of the relying party, the holder of a capture credential, the platform itself, or nobody known. */
export interface Actor {
  readonly kind: 'client' | 'capture_credential' | 'system' | 'anonymous';
  readonly id?: string;
}

export const SYSTEM_ACTOR: Actor = { kind: 'system' };

/** Frozen names of audited deeds: an auditor searches for them. */
export const AUDIT_ACTIONS = [
  'client.created',
  'client.revoked',
  'client.token_issued',
  'client.token_refused',
  'policy.created',
  'subject.created',
  'subject.erased',
  'consent.given',
  'consent.withdrawn',
  'capture.created',
  'capture.page_code_exchanged',
  'capture.started',
  'capture.submitted',
  'capture.cancelled',
  'capture.expired',
  'capture.requeued',
  'capture.decided',
  'capture.artifact_read',
  'reference.created',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

export interface AuditEvent {
  readonly action: AuditAction;
  readonly outcome: 'success' | 'refused' | 'failure';
  readonly actor: Actor;
  readonly target?: {
    readonly kind: 'client' | 'subject' | 'consent' | 'capture' | 'policy';
    readonly id: string;
  };
  readonly correlationId?: string;
  /** Scalars only: never personal data, secrets, scores of a person's face or anything derived from one. */
  readonly detail?: Readonly<Record<string, string | number | boolean | null>>;
}

/** Adds the event to the insert-only trail in the transaction of the deed, so that neither exists without the other. */
export async function recordAudit(
  manager: EntityManager,
  tenantId: string,
  event: AuditEvent,
): Promise<void> {
  await manager.query(
    `INSERT INTO audit_events
       (id, tenant_id, action, outcome, actor_kind, actor_id, target_kind, target_id, correlation_id, detail)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      uuid(),
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
}
