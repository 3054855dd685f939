import type { EntityManager } from 'typeorm';
import type { UnitOfWork } from '#database';
import { EVENT_COLUMNS, eventOf, type EventRow } from './event-row.js';
import { type ChainHead, headOf } from './heads.js';
import { type ChainPlace, linkHash } from './link.js';

export interface SequencerSettings {
  /** Events of one tenant in one transaction. */
  readonly batch?: number;
  readonly onError: (error: unknown, tenantId: string) => void;
}

const BATCH = 500;
const TENANTS = 100;

/**
 * Gives committed events their places in their tenant's chain. The deeds themselves never wait for it: an event only puts itself on the
 * waiting list, and the sequencer takes what it sees there, in whatever order the events became visible. An advisory lock for each tenant
 * keeps two sequencers from continuing the same link.
 */
export class AuditSequencer {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly settings: SequencerSettings,
  ) {}

  /** One batch of each tenant that waits. @returns how many of the batches were full, so that a caller knows whether to go on at once */
  async sequenceDue(): Promise<number> {
    const { batch = BATCH, onError } = this.settings;
    const waiting = await this.unitOfWork.inSystem((manager) =>
      manager.query<{ tenantId: string }[]>(
        `SELECT tenant_id AS "tenantId" FROM audit_pending GROUP BY tenant_id ORDER BY min(recorded_at) LIMIT $1`,
        [TENANTS],
      ),
    );
    let full = 0;
    for (const { tenantId } of waiting) {
      const placed = await this.sequence(tenantId).catch((error: unknown) => {
        onError(error, tenantId);
        return 0;
      });
      if (placed === batch) full += 1;
    }
    return full;
  }

  /** Places one batch of a tenant's events; none while another sequencer does. */
  sequence(tenantId: string): Promise<number> {
    return this.unitOfWork.inTenant(tenantId, async (manager) => {
      const [lock] = await manager.query<{ held: boolean }[]>(
        'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS held',
        [`audit chain of ${tenantId}`],
      );
      if (!lock?.held) return 0;
      const rows = await manager.query<EventRow[]>(
        `SELECT ${EVENT_COLUMNS}
         FROM (SELECT event_id, recorded_at FROM audit_pending ORDER BY recorded_at, event_id LIMIT $1) p
           JOIN audit_events e ON e.id = p.event_id
         ORDER BY p.recorded_at, p.event_id`,
        [this.settings.batch ?? BATCH],
      );
      if (rows.length === 0) return 0;
      const links = linksAfter(await headOf(manager), rows);
      await manager.query(
        `INSERT INTO audit_chain (tenant_id, seq, event_id, prev_hash, hash)
         SELECT $1, seq, event_id, decode(prev_hash, 'hex'), decode(hash, 'hex')
         FROM unnest($2::bigint[], $3::uuid[], $4::text[], $5::text[]) AS link (seq, event_id, prev_hash, hash)`,
        [
          tenantId,
          links.map(({ seq }) => seq),
          rows.map(({ id }) => id),
          links.map(({ prevHash }) => prevHash),
          links.map(({ hash }) => hash),
        ],
      );
      await manager.query('DELETE FROM audit_pending WHERE event_id = ANY($1::uuid[])', [
        rows.map(({ id }) => id),
      ]);
      return rows.length;
    });
  }
}

function linksAfter(head: ChainHead, rows: readonly EventRow[]): ChainPlace[] {
  let { seq, hash: prevHash } = head;
  return rows.map((row) => {
    const hash = linkHash(prevHash, eventOf(row));
    const link = { seq: ++seq, prevHash, hash };
    prevHash = hash;
    return link;
  });
}

/** What waits for its place, over all tenants: for the system role. */
export interface AuditLag {
  readonly events: number;
  /** Age of the oldest in seconds; 0 when there is none. */
  readonly oldestSeconds: number;
}

export async function readAuditLag(manager: EntityManager): Promise<AuditLag> {
  const [lag] = await manager.query<[AuditLag]>(
    `SELECT count(*)::int AS events,
       COALESCE(GREATEST(0, extract(epoch FROM clock_timestamp() - min(recorded_at))), 0)::float8 AS "oldestSeconds"
     FROM audit_pending`,
  );
  return lag;
}
