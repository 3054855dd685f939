import type { EntityManager } from 'typeorm';
import type { UnitOfWork } from '#database';
import type { Actor } from '../audit-event.js';
import { recordAudit } from '../audit.js';
import { DatabaseChain } from '../chain/database-chain.js';
import { BEFORE_FIRST, type ChainHead, headAt, headOf } from '../chain/heads.js';
import { type ChainFault, verifyChain } from '../chain/verify-chain.js';
import { type CheckpointKeys, openCheckpoint, signCheckpoint } from './checkpoint.js';

/** A checkpoint as it is kept: only `signed` proves anything. */
export interface StoredCheckpoint {
  readonly seq: number;
  readonly createdAt: Date;
  /** Compact JWS. */
  readonly signed: string;
}

/** No checkpoint vouches for a chain that does not hold. */
export class BrokenChainError extends Error {
  override readonly name = 'BrokenChainError';
  constructor(readonly fault: ChainFault) {
    super(`The audit chain does not hold: ${fault.kind} at ${fault.seq ?? 'no place'}`);
  }
}

/** Makes signed checkpoints, each over links that were verified since the one before. */
export class AuditCheckpoints {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly keys: CheckpointKeys,
  ) {}

  /**
   * Signs the chain as it stands.
   * @param operator who asked for it; a periodic one, by nobody, leaves no event, or it would be the only thing the next one vouches for
   * @returns null when the newest checkpoint vouches for everything already. @throws BrokenChainError
   */
  async create(tenantId: string, operator?: Actor): Promise<StoredCheckpoint | null> {
    const { last, head } = await this.unitOfWork.inTenant(tenantId, async (manager) => ({
      last: await lastCheckpoint(manager),
      head: await headOf(manager),
    }));
    const opened = last && (await openCheckpoint(last.signed, this.keys));
    if (last && (opened?.tenantId !== tenantId || opened.seq !== last.seq))
      throw new BrokenChainError({ kind: 'checkpoint_invalid', seq: last.seq, eventId: null });
    await this.verifySince(tenantId, opened ?? BEFORE_FIRST, head);
    if (head.seq === (last?.seq ?? 0)) return null;
    const createdAt = new Date(Math.floor(Date.now() / 1_000) * 1_000);
    const signed = await signCheckpoint({ tenantId, ...head, createdAt }, this.keys);
    await this.unitOfWork.inTenant(tenantId, async (manager) => {
      await manager.query(
        `INSERT INTO audit_checkpoints (tenant_id, seq, signed, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, seq) DO NOTHING`,
        [tenantId, head.seq, signed, createdAt],
      );
      if (operator)
        await recordAudit(manager, tenantId, {
          action: 'audit.checkpoint_created',
          outcome: 'success',
          actor: operator,
          detail: { seq: head.seq },
        });
    });
    return { seq: head.seq, createdAt, signed };
  }

  /** The tenants whose chain has grown since a checkpoint of that age or older. */
  due(olderThanMs: number): Promise<string[]> {
    return this.unitOfWork.inSystem(async (manager) => {
      const rows = await manager.query<{ id: string }[]>(
        `SELECT t.id FROM tenants t
           JOIN LATERAL (SELECT seq FROM audit_chain WHERE tenant_id = t.id ORDER BY seq DESC LIMIT 1) head ON true
           LEFT JOIN LATERAL (SELECT seq, created_at FROM audit_checkpoints
                              WHERE tenant_id = t.id ORDER BY seq DESC LIMIT 1) last ON true
         WHERE head.seq > COALESCE(last.seq, 0)
           AND (last.created_at IS NULL OR last.created_at <= now() - $1 * interval '1 millisecond')`,
        [olderThanMs],
      );
      return rows.map(({ id }) => id);
    });
  }

  /** From the link that the last checkpoint vouches for: if that one is another now, nothing after it counts. */
  private async verifySince(tenantId: string, last: ChainHead, head: ChainHead): Promise<void> {
    if (last.seq > head.seq)
      throw new BrokenChainError({ kind: 'deleted', seq: head.seq + 1, eventId: null });
    const stands = await this.unitOfWork.inTenant(tenantId, (manager) => headAt(manager, last.seq));
    if (stands?.hash !== last.hash)
      throw new BrokenChainError({ kind: 'rewritten', seq: last.seq, eventId: null });
    const chain = new DatabaseChain(this.unitOfWork, tenantId);
    const { fault } = await verifyChain(chain, { after: last, untilSeq: head.seq });
    if (fault) throw new BrokenChainError(fault);
  }
}

/** The tenant's checkpoints of a stretch of the chain, in order. */
export async function checkpointsBetween(
  manager: EntityManager,
  fromSeq: number,
  toSeq: number,
): Promise<StoredCheckpoint[]> {
  return (
    await manager.query<CheckpointRow[]>(
      `SELECT seq, created_at, signed FROM audit_checkpoints WHERE seq BETWEEN $1 AND $2 ORDER BY seq`,
      [fromSeq, toSeq],
    )
  ).map(storedOf);
}

/** The newest first, from before `beforeSeq` on. */
export async function latestCheckpoints(
  manager: EntityManager,
  beforeSeq: number,
  limit: number,
): Promise<StoredCheckpoint[]> {
  return (
    await manager.query<CheckpointRow[]>(
      `SELECT seq, created_at, signed FROM audit_checkpoints WHERE seq < $1 ORDER BY seq DESC LIMIT $2`,
      [beforeSeq, limit],
    )
  ).map(storedOf);
}

export async function lastCheckpoint(manager: EntityManager): Promise<StoredCheckpoint | undefined> {
  return (await latestCheckpoints(manager, Number.MAX_SAFE_INTEGER, 1))[0];
}

interface CheckpointRow {
  readonly seq: string;
  readonly created_at: Date;
  readonly signed: string;
}

function storedOf({ seq, created_at: createdAt, signed }: CheckpointRow): StoredCheckpoint {
  return { seq: Number(seq), createdAt, signed };
}
