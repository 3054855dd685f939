import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { type Aad, type Keyring, openRecord, type SealedRecord, sealRecord } from '#crypto';
import { newSecret } from '../sending/signature.js';

interface Owner {
  readonly tenantId: string;
  readonly endpointId: string;
}

/** A secret drawn and sealed before the transaction that stores it. */
export interface DrawnSecret {
  /** In clear; shown once. */
  readonly secret: string;
  readonly record: SealedRecord;
}

export async function drawSecret(keyring: Keyring, owner: Owner): Promise<DrawnSecret> {
  const secret = newSecret();
  return { secret, record: await sealRecord(keyring, secret, aadOf(owner)) };
}

export async function storeSecret(
  manager: EntityManager,
  { tenantId, endpointId }: Owner,
  { record }: DrawnSecret,
): Promise<void> {
  await manager.query(
    'INSERT INTO webhook_secrets (id, tenant_id, endpoint_id, wrapped_key, sealed_secret) VALUES ($1, $2, $3, $4, $5)',
    [uuid(), tenantId, endpointId, record.wrappedKey, record.sealed],
  );
}

/** The present secret signs for so long beside its successor; one that was on its way out is gone at once. */
export async function retireSecrets(
  manager: EntityManager,
  endpointId: string,
  overlapMs: number,
): Promise<void> {
  await manager.query('DELETE FROM webhook_secrets WHERE endpoint_id = $1 AND expires_at IS NOT NULL', [
    endpointId,
  ]);
  await manager.query(
    `UPDATE webhook_secrets SET expires_at = now() + $2 * interval '1 millisecond' WHERE endpoint_id = $1`,
    [endpointId, overlapMs],
  );
}

/** The secrets that sign now, newest first, still sealed. */
export function readSecrets(manager: EntityManager, endpointId: string): Promise<SealedRecord[]> {
  return manager.query<SealedRecord[]>(
    `SELECT wrapped_key AS "wrappedKey", sealed_secret AS sealed FROM webhook_secrets
     WHERE endpoint_id = $1 AND (expires_at IS NULL OR expires_at > now()) ORDER BY created_at DESC`,
    [endpointId],
  );
}

export async function openSecret(keyring: Keyring, owner: Owner, record: SealedRecord): Promise<string> {
  return (await openRecord(keyring, record, aadOf(owner))).toString();
}

function aadOf({ tenantId, endpointId }: Owner): Aad {
  return { tenantId, ownerKind: 'webhook_endpoint', ownerId: endpointId, kind: 'secret' };
}
