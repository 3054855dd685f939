import { setTimeout as delay } from 'node:timers/promises';

import { createRedisBackend } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';

import { withDeadline } from './deadline.js';
import { QueueUnavailableError } from './queue-unavailable.error.js';
import { type QueueRole } from './stage-queue.js';
import { type Transport } from './transport.js';

export interface RedisTransportOptions {
  readonly url: string;
  readonly prefix: string;
  readonly role: QueueRole;
  readonly deadlineMs: number;
  readonly report: (source: string) => (error: unknown) => void;
  /** How often an open connection must answer, and how long it may take, in milliseconds; default 5000. */
  readonly watchMs?: number;
}

const POLL_MS = 20;

const common: RedisOptions = {
  connectTimeout: 2_000,
  keepAlive: 10_000,
  retryStrategy: (times) => Math.min(times * 100, 1_000),
  // A replica that was promoted away answers READONLY for ever on the old connection.
  reconnectOnError: (error) => (error.message.startsWith('READONLY') ? 2 : false),
};

/**
 * Two connections with opposite tempers: a producer's commands fail within the deadline and are never queued behind an outage; a
 * worker's wait for Redis as long as it takes. BullMQ duplicates the latter once per consumer for its blocking reads.
 */
export function redisTransport(options: RedisTransportOptions): Transport {
  const { url, prefix, role, deadlineMs, report, watchMs = 5_000 } = options;
  const producer = new Redis(url, {
    ...common,
    connectionName: `${prefix}:producer`,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: deadlineMs,
  });
  producer.on('error', report('redis producer'));
  const worker =
    role === 'worker'
      ? new Redis(url, {
          ...common,
          connectionName: `${prefix}:worker`,
          maxRetriesPerRequest: null,
        })
      : undefined;
  worker?.on('error', report('redis worker'));
  const connections = worker ? [producer, worker] : [producer];
  for (const connection of connections) connection.setMaxListeners(0);
  const watchdogs = connections.map((connection) => watch(connection, watchMs));

  return {
    backend: 'redis',
    prefix,
    // BullMQ remembers a failed version check for the life of a queue, so the connection that may fail skips it.
    producers: { connection: producer, factory: createRedisBackend, skipVersionCheck: true },
    consumers: worker && { connection: worker, factory: createRedisBackend },
    async ready(signal) {
      while (producer.status !== 'ready') {
        if (producer.status === 'end') throw new QueueUnavailableError('closed');
        await delay(POLL_MS, undefined, { signal });
      }
    },
    async ping() {
      await producer.ping();
    },
    close() {
      for (const watchdog of watchdogs) clearInterval(watchdog);
      for (const connection of connections) connection.disconnect();
      return Promise.resolve();
    },
  };
}

/**
 * Reconnects when a peer vanished without a word, which TCP alone reports after a quarter of an hour. (ioredis's `socketTimeout` leaves its
 * timer running over a reconnection and then ends the healthy connection.)
 */
function watch(connection: Redis, ms: number): NodeJS.Timeout {
  const check = async () => {
    if (connection.status !== 'ready') return;
    if (!(await answers(connection, ms)) && connection.status === 'ready') connection.disconnect(true);
  };
  return setInterval(() => void check(), ms).unref();
}

/** A refusal is an answer too: an account without the right to PING is connected all the same. */
function answers(connection: Redis, ms: number): Promise<boolean> {
  return withDeadline(ms, 'watch', () => connection.ping()).then(
    () => true,
    ({ cause }: QueueUnavailableError) => cause instanceof Error && cause.name === 'ReplyError',
  );
}
