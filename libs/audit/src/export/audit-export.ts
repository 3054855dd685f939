import type { UnitOfWork } from '#database';
import { recordAudit } from '../audit.js';
import { DatabaseChain } from '../chain/database-chain.js';
import { checkpointsBetween } from '../checkpoints/audit-checkpoints.js';
import type { AuditReader } from '../trail/audit-trail.js';
import { checkpointLineOf, linkLineOf } from './export-format.js';

/** A stretch of the chain between two moments; what is absent does not bound it. */
export interface ExportRange {
  readonly from?: Date;
  readonly to?: Date;
}

export class AuditExport {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /**
   * The lines of a tenant's trail: every link from the first to the last event of the range, and the checkpoints on them, so that the
   * stretch can be verified on its own. Nothing when the range is empty.
   */
  async *lines(reader: AuditReader, range: ExportRange = {}): AsyncGenerator<string> {
    const { tenantId } = reader;
    const stretch = await this.stretch(reader, range);
    if (!stretch) return;
    const { fromSeq, toSeq } = stretch;
    for await (const link of new DatabaseChain(this.unitOfWork, tenantId).links(fromSeq)) {
      if (link.seq > toSeq) break;
      yield linkLineOf(link);
    }
    const checkpoints = await this.unitOfWork.inTenant(tenantId, (manager) =>
      checkpointsBetween(manager, fromSeq, toSeq),
    );
    for (const { signed } of checkpoints) yield checkpointLineOf(signed);
  }

  private stretch(
    { tenantId, actor, correlationId }: AuditReader,
    { from, to }: ExportRange,
  ): Promise<{ fromSeq: number; toSeq: number } | undefined> {
    return this.unitOfWork.inTenant(tenantId, async (manager) => {
      const [row] = await manager.query<[{ from: string | null; to: string | null }]>(
        `SELECT min(c.seq) AS from, max(c.seq) AS to FROM audit_chain c JOIN audit_events e ON e.id = c.event_id
         WHERE e.occurred_at >= COALESCE($1, '-infinity'::timestamptz) AND e.occurred_at < COALESCE($2, 'infinity'::timestamptz)`,
        [from ?? null, to ?? null],
      );
      const stretch =
        row.from === null || row.to === null
          ? undefined
          : { fromSeq: Number(row.from), toSeq: Number(row.to) };
      await recordAudit(manager, tenantId, {
        action: 'audit.exported',
        outcome: 'success',
        actor,
        correlationId,
        detail: { fromSeq: stretch?.fromSeq ?? null, toSeq: stretch?.toSeq ?? null },
      });
      return stretch;
    });
  }
}
