import type { EntityManager } from 'typeorm';

/** What has been written to the outbox and not yet handed on. */
export interface OutboxLag {
  readonly messages: number;
  /** Age of the oldest message in seconds; 0 when there is none. */
  readonly oldestSeconds: number;
}

/** For the system role: the messages of all tenants. */
export async function readOutboxLag(manager: EntityManager): Promise<OutboxLag> {
  const [lag] = await manager.query<[OutboxLag]>(
    `SELECT count(*)::int AS messages,
       COALESCE(GREATEST(0, extract(epoch FROM now() - min(created_at))), 0)::float8 AS "oldestSeconds"
     FROM outbox`,
  );
  return lag;
}
