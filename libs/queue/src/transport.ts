import { type BackendFactory, type ConnectionOptions } from 'bullmq';

import { type Backend, type QueueRole } from './stage-queue.js';

/** What BullMQ's classes need to reach one back end. */
export interface Route {
  readonly connection: ConnectionOptions;
  readonly factory: BackendFactory;
  readonly skipVersionCheck?: boolean;
}

/** The connections of one process to one back end, shared by all its queues and consumers. */
export interface Transport {
  readonly backend: Backend;
  readonly prefix: string | undefined;
  /** Fails fast. */
  readonly producers: Route;
  /** Waits for the back end for ever; absent for a producer. */
  readonly consumers: Route | undefined;
  /** Resolves once a command would be sent at once; rejects when `signal` aborts. */
  ready(signal: AbortSignal): Promise<void>;
  ping(): Promise<void>;
  /** Drops every connection, answered or not. */
  close(): Promise<void>;
}

/** Query connections of a PostgreSQL pool, by role. */
export const POSTGRES_QUERY_CONNECTIONS = { producer: 2, worker: 4 } as const satisfies Record<
  QueueRole,
  number
>;

/**
 * The most connections one process holds, for sizing the servers.
 * Redis: producer 1; worker 2 + one blocking connection per consumed queue: each stage, and webhook deliveries.
 * PostgreSQL: producer 2; worker 4 + one LISTEN connection for all queues (and one more for a moment at start, to migrate).
 */
export function maxConnections(backend: Backend, role: QueueRole, consumedQueues: number): number {
  if (backend === 'redis') return role === 'producer' ? 1 : 2 + consumedQueues;
  return POSTGRES_QUERY_CONNECTIONS[role] + (role === 'producer' ? 0 : 1);
}
