import type { EntityManager } from 'typeorm';

/** What `capturePrefix` makes of a row. */
const PREFIX = `concat('t/', c.tenant_id, '/', CASE WHEN c.subject_id IS NOT NULL THEN concat('s/', c.subject_id, '/') END,
  'c/', c.id, '/')`;

/** What the installation keeps frames for, and the longest that a tenant may settle; milliseconds after the decision. */
export interface FrameRetention {
  readonly defaultMs: number;
  readonly maxMs: number;
}

/** Milliseconds for which frames of the transaction's tenant are kept: its own settlement within the bound, else the default. */
export async function retentionOfTenant(
  manager: EntityManager,
  { defaultMs, maxMs }: FrameRetention,
): Promise<number> {
  const [row] = await manager.query<{ retentionMs: string | null }[]>(
    'SELECT frame_retention_ms AS "retentionMs" FROM tenants',
  );
  return Math.min(Number(row?.retentionMs ?? defaultMs), maxMs);
}

/**
 * Brings the removal of frames that are kept already forward to the new retention. It is never put off: what was promised at the
 * decision holds.
 */
export async function bringRemovalForward(manager: EntityManager, retentionMs: number): Promise<void> {
  await manager.query(
    `UPDATE pending_blobs SET due_at = LEAST(due_at, c.ended_at + $1 * interval '1 millisecond')
     FROM captures c WHERE c.state = 'decided' AND prefix = ${PREFIX}`,
    [retentionMs],
  );
}
