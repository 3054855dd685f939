import type { ChainedEvent } from './link.js';

/** Columns of `audit_events e` for `eventOf`; the time as text, because a JavaScript date would lose three digits. */
export const EVENT_COLUMNS = `
  e.id, e.tenant_id, e.action, e.outcome, e.actor_kind, e.actor_id, e.target_kind, e.target_id, e.correlation_id, e.detail,
  to_char(e.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS occurred_at`;

export interface EventRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly occurred_at: string;
  readonly action: string;
  readonly outcome: string;
  readonly actor_kind: string;
  readonly actor_id: string | null;
  readonly target_kind: string | null;
  readonly target_id: string | null;
  readonly correlation_id: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

export function eventOf(row: EventRow): ChainedEvent {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    occurredAt: row.occurred_at,
    action: row.action,
    outcome: row.outcome,
    actor: { kind: row.actor_kind, id: row.actor_id },
    target: { kind: row.target_kind, id: row.target_id },
    correlationId: row.correlation_id,
    detail: row.detail,
  };
}
