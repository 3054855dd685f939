import type { EntityManager } from 'typeorm';
import { formatCursor, parseCursor, type UnitOfWork } from '#database';
import { ProblemError } from '#errors';
import type { Actor, AuditAction, AuditEvent, AuditOutcome } from '../audit-event.js';
import { recordAudit } from '../audit.js';
import { EVENT_COLUMNS, eventOf, type EventRow } from '../chain/event-row.js';
import type { ChainedEvent } from '../chain/link.js';
import { latestCheckpoints, type StoredCheckpoint } from '../checkpoints/audit-checkpoints.js';

/** Who reads: reading the trail is itself in the trail. */
export interface AuditReader {
  readonly tenantId: string;
  readonly actor: Actor;
  readonly correlationId?: string;
}

/** Which events; a filter that is absent lets all pass. */
export interface AuditFilter {
  readonly action?: AuditAction;
  readonly outcome?: AuditOutcome;
  /** Id of whoever did it. */
  readonly actor?: string;
  /** Id of what it was done to. */
  readonly target?: string;
  /** Occurred at this moment or later. */
  readonly from?: Date;
  /** Occurred before this moment. */
  readonly to?: Date;
}

export interface AuditEntry extends Omit<ChainedEvent, 'tenantId'> {
  /** Its place in the chain; null until the sequencer has given it one. */
  readonly seq: number | null;
}

export interface AuditPage {
  /** Newest first. */
  readonly items: readonly AuditEntry[];
  /** Asks for the page behind this one; null when this is the last. */
  readonly nextCursor: string | null;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Which column or expression a filter compares, and how. */
const CONDITIONS: Readonly<Record<keyof AuditFilter, string>> = {
  action: 'e.action =',
  outcome: 'e.outcome =',
  actor: 'e.actor_id =',
  target: 'e.target_id =',
  from: 'e.occurred_at >=',
  to: 'e.occurred_at <',
};

type Row = EventRow & { readonly seq: string | null; readonly microseconds: string };

export class AuditTrail {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws ProblemError validation_failed on a cursor that is not one of ours */
  list(
    reader: AuditReader,
    filter: AuditFilter,
    page: { readonly limit: number; readonly cursor?: string },
  ): Promise<AuditPage> {
    const { where, parameters } = conditions(filter, page.cursor);
    return this.unitOfWork.inTenant(reader.tenantId, async (manager) => {
      const rows = await manager.query<Row[]>(
        `SELECT c.seq, (extract(epoch FROM e.occurred_at) * 1000000)::bigint AS microseconds, ${EVENT_COLUMNS}
         FROM audit_events e LEFT JOIN audit_chain c ON c.event_id = e.id
         ${where} ORDER BY e.occurred_at DESC, e.id DESC LIMIT $${parameters.length + 1}`,
        [...parameters, page.limit + 1],
      );
      const shown = rows.slice(0, page.limit);
      await recordReading(manager, reader, { what: 'events', events: shown.length, ...scalarsOf(filter) });
      const last = rows.length > page.limit ? shown.at(-1) : undefined;
      return { items: shown.map(entryOf), nextCursor: last ? formatCursor(last) : null };
    });
  }

  /** The newest checkpoints, of places before `beforeSeq`. */
  checkpoints(
    reader: AuditReader,
    page: { readonly limit: number; readonly beforeSeq?: number },
  ): Promise<StoredCheckpoint[]> {
    return this.unitOfWork.inTenant(reader.tenantId, async (manager) => {
      const { beforeSeq = Number.MAX_SAFE_INTEGER, limit } = page;
      const checkpoints = await latestCheckpoints(manager, beforeSeq, limit);
      await recordReading(manager, reader, { what: 'checkpoints', checkpoints: checkpoints.length });
      return checkpoints;
    });
  }
}

function conditions(
  filter: AuditFilter,
  cursor: string | undefined,
): { where: string; parameters: unknown[] } {
  const given = Object.entries(filter).filter(([, value]) => value !== undefined);
  const parameters: unknown[] = given.map(([, value]) => value as unknown);
  const terms = given.map(([key], index) => `${CONDITIONS[key as keyof AuditFilter]} $${index + 1}`);
  if (cursor !== undefined) {
    const behind = parseCursor(cursor);
    if (!behind) {
      const errors = [{ member: 'cursor', rule: 'cursor must be the nextCursor of an earlier answer' }];
      throw new ProblemError('validation_failed', { errors });
    }
    const moment = `'epoch'::timestamptz + $${given.length + 1}::bigint * interval '1 microsecond'`;
    terms.push(`(e.occurred_at, e.id) < (${moment}, $${given.length + 2}::uuid)`);
    parameters.push(behind.microseconds, behind.id);
  }
  return { where: terms.length > 0 ? `WHERE ${terms.join(' AND ')}` : '', parameters };
}

function entryOf(row: Row): AuditEntry {
  const { id, occurredAt, action, outcome, actor, target, correlationId, detail } = eventOf(row);
  const seq = row.seq === null ? null : Number(row.seq);
  return { id, seq, occurredAt, action, outcome, actor, target, correlationId, detail };
}

/** What was asked for, as text: names of ours, moments and opaque ids. Whatever else somebody typed may be a person's name, so it is not kept. */
function scalarsOf({ actor, target, ...filter }: AuditFilter): Record<string, string> {
  const text = (value: string | Date) => (typeof value === 'string' ? value : value.toISOString());
  const id = (value: string | undefined) =>
    value === undefined || UUID.test(value) ? value : 'not an id of ours';
  const asked = { ...filter, actor: id(actor), target: id(target) };
  return Object.fromEntries(
    Object.entries(asked).flatMap(([key, value]: [string, string | Date | undefined]) =>
      value === undefined ? [] : [[`filter_${key}`, text(value)]],
    ),
  );
}

function recordReading(
  manager: EntityManager,
  { tenantId, actor, correlationId }: AuditReader,
  detail: AuditEvent['detail'],
): Promise<void> {
  return recordAudit(manager, tenantId, {
    action: 'audit.read',
    outcome: 'success',
    actor,
    correlationId,
    detail,
  });
}
