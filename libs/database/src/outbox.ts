import type { EntityManager } from 'typeorm';

/** A message to be handed on after the transaction that wrote it has committed; carries ids only. */
export interface OutboxMessage {
  readonly topic: string;
  readonly aggregateId: string;
  readonly payloadVersion: number;
}

export interface ClaimedMessage extends OutboxMessage {
  readonly id: string;
  readonly tenantId: string;
  readonly attempts: number;
}

/** Writes the message in the caller's transaction: it exists exactly if the deed it tells of does. */
export async function addToOutbox(
  manager: EntityManager,
  tenantId: string,
  message: OutboxMessage,
): Promise<void> {
  await manager.query(
    `INSERT INTO outbox (tenant_id, topic, aggregate_id, payload_version) VALUES ($1, $2, $3, $4)`,
    [tenantId, message.topic, message.aggregateId, message.payloadVersion],
  );
}

/** Takes up to `limit` due messages for `leaseMs`; a relay that dies loses them to another when the lease ends. */
export async function claimMessages(
  manager: EntityManager,
  lease: { token: string; leaseMs: number; limit: number },
): Promise<ClaimedMessage[]> {
  const [rows] = await manager.query<[ClaimedMessage[], number]>(
    `UPDATE outbox SET lease_token = $1, leased_until = now() + $2 * interval '1 millisecond', attempts = attempts + 1
     WHERE id IN (
       SELECT id FROM outbox WHERE available_at <= now() AND (leased_until IS NULL OR leased_until < now())
       ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED)
     RETURNING id, tenant_id AS "tenantId", topic, aggregate_id AS "aggregateId",
               payload_version AS "payloadVersion", attempts`,
    [lease.token, lease.leaseMs, lease.limit],
  );
  return rows;
}

export async function removeMessage(manager: EntityManager, id: string, token: string): Promise<void> {
  await manager.query('DELETE FROM outbox WHERE id = $1 AND lease_token = $2', [id, token]);
}

export async function postponeMessage(
  manager: EntityManager,
  id: string,
  token: string,
  delayMs: number,
): Promise<void> {
  await manager.query(
    `UPDATE outbox SET lease_token = NULL, leased_until = NULL, available_at = now() + $3 * interval '1 millisecond'
     WHERE id = $1 AND lease_token = $2`,
    [id, token, delayMs],
  );
}
