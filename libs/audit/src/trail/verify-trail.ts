import type { EntityManager } from 'typeorm';
import type { UnitOfWork } from '#database';
import { ProblemError } from '#errors';
import { recordAudit } from '../audit.js';
import { DatabaseChain } from '../chain/database-chain.js';
import { headAt, headOf } from '../chain/heads.js';
import { type ChainFault, verifyChain } from '../chain/verify-chain.js';
import { checkpointsBetween, lastCheckpoint } from '../checkpoints/audit-checkpoints.js';
import { type Checkpoint, type CheckpointKeys, openCheckpoint } from '../checkpoints/checkpoint.js';
import type { AuditReader } from './audit-trail.js';

/** An event that waits longer is kept out of the chain, by a sequencer that does not run or by somebody. */
const UNSEQUENCED_AFTER_SECONDS = 300;
const NOT_REACHED = { member: 'from', rule: 'from must be a place that the chain has reached' };

export interface AuditReport {
  /** Whether nothing is wrong with the links from `fromSeq` to `toSeq`, and, at the end of the chain, with what stands outside it. */
  readonly valid: boolean;
  readonly fault: ChainFault | null;
  readonly fromSeq: number;
  /** The last link that holds; `fromSeq` − 1 when none was verified. */
  readonly toSeq: number;
  /** Hash of that link. */
  readonly toHash: string;
  /** Last link of the chain when the verification began. */
  readonly headSeq: number;
  /** Signed checkpoints that were held against those links. */
  readonly checkpoints: number;
  /** Events that wait for their place. */
  readonly pending: number;
  /** Where to go on; null at the end of the chain, or at a fault. */
  readonly nextSeq: number | null;
}

export interface VerifyTrailOptions {
  readonly fromSeq?: number;
  /** How many links at most; default all. */
  readonly limit?: number;
  /** Checkpoints kept elsewhere: they count even where those of the database were altered too. */
  readonly kept?: readonly Checkpoint[];
}

/** Verifies a tenant's trail: every link, the checkpoints that vouch for them, and that no event stands outside the chain. */
export class AuditVerification {
  /** @param onVerified told of every verification */
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly keys: Pick<CheckpointKeys, 'verificationKey'>,
    private readonly onVerified: (valid: boolean) => void = () => undefined,
  ) {}

  /** @throws ProblemError validation_failed when the chain does not reach `fromSeq` */
  async verify(reader: AuditReader, options: VerifyTrailOptions = {}): Promise<AuditReport> {
    const { fromSeq = 1, limit = Infinity } = options;
    const { tenantId } = reader;
    const source = new DatabaseChain(this.unitOfWork, tenantId);
    const { after, head, newest } = await this.unitOfWork.inTenant(tenantId, async (manager) => ({
      after: await headAt(manager, fromSeq - 1),
      head: await headOf(manager),
      newest: await lastCheckpoint(manager),
    }));
    if (!after) throw new ProblemError('validation_failed', { errors: [NOT_REACHED] });
    const untilSeq = Math.min(head.seq, fromSeq + limit - 1);
    const { vouched, fault: unsigned } = await this.checkpoints(tenantId, fromSeq, untilSeq, options.kept);
    const links = await verifyChain(source, { after, untilSeq, vouched });
    let fault = links.fault ?? unsigned;
    let pending = 0;
    const atEnd = untilSeq === head.seq;
    if (atEnd) {
      const promised = Math.max(newest?.seq ?? 0, ...(options.kept ?? []).map(({ seq }) => seq));
      if (promised > head.seq) fault ??= { kind: 'deleted', seq: head.seq + 1, eventId: null };
      const outside = await this.unitOfWork.inTenant(tenantId, outsideTheChain);
      pending = outside.pending;
      fault ??= outside.fault;
    }
    const report: AuditReport = {
      valid: fault === null,
      fault,
      fromSeq,
      toSeq: links.head.seq,
      toHash: links.head.hash,
      headSeq: head.seq,
      checkpoints: vouched.size,
      pending,
      nextSeq: fault || atEnd ? null : untilSeq + 1,
    };
    await this.record(reader, report);
    return report;
  }

  /** What the checkpoints of a stretch vouch for, and the first that vouches for nothing. */
  private async checkpoints(
    tenantId: string,
    fromSeq: number,
    toSeq: number,
    kept: readonly Checkpoint[] = [],
  ): Promise<{ vouched: Map<number, string>; fault: ChainFault | null }> {
    const stored = await this.unitOfWork.inTenant(tenantId, (manager) =>
      checkpointsBetween(manager, fromSeq, toSeq),
    );
    const vouched = new Map<number, string>();
    let fault: ChainFault | null = null;
    for (const { seq, signed } of stored) {
      const opened = await openCheckpoint(signed, this.keys);
      if (opened?.tenantId === tenantId && opened.seq === seq) vouched.set(seq, opened.hash);
      else fault ??= { kind: 'checkpoint_invalid', seq, eventId: null };
    }
    for (const { seq, hash } of kept) if (seq >= fromSeq && seq <= toSeq) vouched.set(seq, hash);
    return { vouched, fault };
  }

  private async record({ tenantId, actor, correlationId }: AuditReader, report: AuditReport): Promise<void> {
    const { valid, fault, fromSeq, toSeq } = report;
    this.onVerified(valid);
    await this.unitOfWork.inTenant(tenantId, (manager) =>
      recordAudit(manager, tenantId, {
        action: 'audit.verified',
        outcome: 'success',
        actor,
        correlationId,
        detail: { valid, fromSeq, toSeq, fault: fault?.kind ?? null, faultSeq: fault?.seq ?? null },
      }),
    );
  }
}

/**
 * In one snapshot: when all links hold, each event has a link or waits for one, so a difference in number is an event that stands outside,
 * or one that waits and is gone.
 */
async function outsideTheChain(
  manager: EntityManager,
): Promise<{ pending: number; fault: ChainFault | null }> {
  const [count] = await manager.query<[{ stray: string; pending: number; waited: number }]>(
    `SELECT (SELECT count(*) FROM audit_events) - (SELECT count(*) FROM audit_chain) - count(*) AS stray,
       count(*)::int AS pending,
       COALESCE(extract(epoch FROM clock_timestamp() - min(recorded_at)), 0)::float8 AS waited
     FROM audit_pending`,
  );
  const { pending, waited } = count;
  if (Number(count.stray) < 0) return { pending, fault: { kind: 'deleted', seq: null, eventId: null } };
  if (Number(count.stray) > 0) {
    const [event] = await manager.query<{ id: string }[]>(
      `SELECT e.id FROM audit_events e WHERE NOT EXISTS (SELECT 1 FROM audit_chain c WHERE c.event_id = e.id)
         AND NOT EXISTS (SELECT 1 FROM audit_pending p WHERE p.event_id = e.id) ORDER BY e.occurred_at, e.id LIMIT 1`,
    );
    return { pending, fault: { kind: 'inserted', seq: null, eventId: event?.id ?? null } };
  }
  const late = waited > UNSEQUENCED_AFTER_SECONDS;
  return { pending, fault: late ? { kind: 'unsequenced', seq: null, eventId: null } : null };
}
