import type { EntityManager } from 'typeorm';

/**
 * Notes that everything under `prefix` is to be removed from the blob store once `dueAt` has passed. Written *before* blobs
 * whose row may never commit, and together with the deletion of rows whose blobs must go: either way no blob outlives its row.
 */
export async function deferBlobRemoval(
  manager: EntityManager,
  tenantId: string,
  prefix: string,
  dueAt: Date,
): Promise<void> {
  await manager.query(
    `INSERT INTO pending_blobs (prefix, tenant_id, due_at) VALUES ($1, $2, $3)
     ON CONFLICT (prefix) DO UPDATE SET due_at = LEAST(pending_blobs.due_at, EXCLUDED.due_at)`,
    [prefix, tenantId, dueAt],
  );
}

/** The blobs under `prefix` now belong to a row: false when the note is gone already, because then the blobs may be too. */
export async function adoptBlobs(manager: EntityManager, prefix: string): Promise<boolean> {
  const [, count] = await manager.query<[unknown, number]>('DELETE FROM pending_blobs WHERE prefix = $1', [
    prefix,
  ]);
  return count > 0;
}

/** Whether the blobs under exactly this prefix are noted for removal and not removed yet. */
export async function awaitsBlobRemoval(manager: EntityManager, prefix: string): Promise<boolean> {
  const rows = await manager.query<unknown[]>('SELECT 1 FROM pending_blobs WHERE prefix = $1', [prefix]);
  return rows.length > 0;
}

export interface BlobRemoval {
  readonly prefix: string;
  readonly tenantId: string;
}

/** Takes up to `limit` due prefixes and pushes them back by `leaseMs`, so that two reapers do not remove the same one. */
export async function claimBlobRemovals(
  manager: EntityManager,
  limit: number,
  leaseMs: number,
): Promise<BlobRemoval[]> {
  const [rows] = await manager.query<[BlobRemoval[], number]>(
    `UPDATE pending_blobs SET due_at = now() + $2 * interval '1 millisecond'
     WHERE prefix IN (SELECT prefix FROM pending_blobs WHERE due_at <= now() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
     RETURNING prefix, tenant_id AS "tenantId"`,
    [limit, leaseMs],
  );
  return rows;
}

export async function forgetBlobRemoval(manager: EntityManager, prefix: string): Promise<void> {
  await manager.query('DELETE FROM pending_blobs WHERE prefix = $1', [prefix]);
}
