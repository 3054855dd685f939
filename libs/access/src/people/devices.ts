import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { randomToken } from '#crypto';

/** Unused for so long, a device is a stranger again. */
export const DEVICE_KEPT_DAYS = 90;
const MAX_DEVICES = 20;
const TEXT = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.([A-Za-z0-9_-]{43})$/;

/** Proof that a device has logged in before; it opens nothing, it only has its own count of failures. */
export interface DeviceProof {
  readonly id: string;
  readonly hash: Buffer;
}

/** What the text proves if it is known; undefined when it cannot be. */
export function parseDeviceToken(text: string | undefined): DeviceProof | undefined {
  const [, id, secret] = TEXT.exec(text ?? '') ?? [];
  return id && secret ? { id, hash: hashOf(secret) } : undefined;
}

/** Makes a device known to a user. @returns its token, shown once; only the hash is stored */
export async function addDevice(manager: EntityManager, tenantId: string, userId: string): Promise<string> {
  const [id, secret] = [uuid(), randomToken(32)];
  await manager.query(
    `DELETE FROM known_devices WHERE user_id = $1 AND id NOT IN (
       SELECT id FROM known_devices WHERE user_id = $1 AND used_at > now() - make_interval(days => $2)
       ORDER BY used_at DESC LIMIT $3)`,
    [userId, DEVICE_KEPT_DAYS, MAX_DEVICES - 1],
  );
  await manager.query(
    'INSERT INTO known_devices (id, tenant_id, user_id, secret_hash) VALUES ($1, $2, $3, $4)',
    [id, tenantId, userId, hashOf(secret)],
  );
  return `${id}.${secret}`;
}

export async function touchDevice(manager: EntityManager, id: string): Promise<void> {
  await manager.query('UPDATE known_devices SET used_at = now() WHERE id = $1', [id]);
}

export async function forgetDevices(manager: EntityManager, userId: string): Promise<void> {
  await manager.query('DELETE FROM known_devices WHERE user_id = $1', [userId]);
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
