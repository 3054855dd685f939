import type { EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import type { UnitOfWork } from '#database';
import { ProblemError } from '#errors';
import type { Caller } from '#subjects';
import { bringRemovalForward, type FrameRetention, retentionOfTenant } from './frame-retention.js';
import { currentPolicy } from './policies.js';

export interface TenantView {
  readonly id: string;
  /** By which operators know the tenant; unique in the installation. */
  readonly name: string;
  readonly displayName: string | null;
  /** Null where the installation's default applies. */
  readonly frameRetentionSeconds: number | null;
  /** What applies to captures that are decided from now on. */
  readonly effectiveFrameRetentionSeconds: number;
  readonly maxFrameRetentionSeconds: number;
  /** Of the policy that captures are made under from now on; 0 is the built-in one. */
  readonly policyVersion: number;
  readonly createdAt: Date;
}

/** What a tenant settles for itself; null takes a settlement back. */
export interface TenantSettlement {
  readonly displayName?: string | null;
  readonly frameRetentionSeconds?: number | null;
}

interface TenantRow {
  readonly id: string;
  readonly name: string;
  readonly displayName: string | null;
  readonly retentionMs: string | null;
  readonly createdAt: Date;
}

/** What a tenant sees and settles of how its captures are treated. */
export class TenantSettings {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly retention: FrameRetention,
  ) {}

  read(tenantId: string): Promise<TenantView> {
    return this.unitOfWork.inTenant(tenantId, (manager) => this.view(manager));
  }

  /** A shorter retention holds for frames that are kept already too, a longer one for later captures. @throws ProblemError validation_failed */
  change(caller: Caller, settlement: TenantSettlement): Promise<TenantView> {
    const seconds = settlement.frameRetentionSeconds ?? 0;
    const maxSeconds = this.retention.maxMs / 1_000;
    if (seconds > maxSeconds)
      throw new ProblemError('validation_failed', {
        errors: [{ member: 'frameRetentionSeconds', rule: `must not be greater than ${maxSeconds}` }],
      });
    return this.unitOfWork.inTenant(caller.tenantId, async (manager) => {
      const before = settled(await findTenant(manager, 'FOR UPDATE'));
      const { displayName = before.displayName, frameRetentionSeconds = before.frameRetentionSeconds } =
        settlement;
      await manager.query('UPDATE tenants SET display_name = $1, frame_retention_ms = $2', [
        displayName,
        frameRetentionSeconds === null ? null : frameRetentionSeconds * 1_000,
      ]);
      await bringRemovalForward(manager, await retentionOfTenant(manager, this.retention));
      await recordAudit(manager, caller.tenantId, {
        action: 'tenant.changed',
        outcome: 'success',
        actor: caller.actor,
        target: { kind: 'tenant', id: caller.tenantId },
        correlationId: caller.correlationId,
        detail: { frameRetentionSeconds },
      });
      return this.view(manager);
    });
  }

  private async view(manager: EntityManager): Promise<TenantView> {
    const row = await findTenant(manager);
    const { id, name, createdAt } = row;
    return {
      id,
      name,
      ...settled(row),
      effectiveFrameRetentionSeconds: (await retentionOfTenant(manager, this.retention)) / 1_000,
      maxFrameRetentionSeconds: this.retention.maxMs / 1_000,
      policyVersion: (await currentPolicy(manager)).version,
      createdAt,
    };
  }
}

function settled({
  displayName,
  retentionMs,
}: TenantRow): Pick<TenantView, 'displayName' | 'frameRetentionSeconds'> {
  return { displayName, frameRetentionSeconds: retentionMs === null ? null : Number(retentionMs) / 1_000 };
}

/** Row level security leaves one row, that of the transaction's tenant. */
const TENANT = `SELECT id, name, display_name AS "displayName", frame_retention_ms AS "retentionMs",
  created_at AS "createdAt" FROM tenants`;

async function findTenant(manager: EntityManager, lock: '' | 'FOR UPDATE' = ''): Promise<TenantRow> {
  const [row] = await manager.query<TenantRow[]>(`${TENANT} ${lock}`);
  return row as TenantRow;
}
