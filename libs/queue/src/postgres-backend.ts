import { setTimeout as delay } from 'node:timers/promises';

import { PostgresConnection, PostgresQueueBackend } from 'bullmq';
import { type Pool } from 'pg';

/** Pause after a failed fetch: BullMQ fetches again at once, which would spin for the length of an outage. */
const FETCH_RETRY_MS = 500;

/** Seconds a worker may sleep; BullMQ's hour would lose jobs whose NOTIFY fell into a reconnection. */
const LONGEST_SLEEP_S = 5;

/**
 * One pool and one LISTEN client for all queues and workers of a process. BullMQ opens both per instance and, given a pool, checks the
 * default schema whatever the search path; the schema has been verified before this is built.
 */
export class SharedPostgresConnection extends PostgresConnection {
  private readonly listening = new WeakSet<object>();

  constructor(pool: Pool) {
    super(pool);
    this.setMaxListeners(0);
  }

  override waitUntilReady(): Promise<void> {
    return Promise.resolve();
  }

  /** Every worker subscribes on the same client, and node-postgres wants one query at a time. */
  override async getListenClient(): ReturnType<PostgresConnection['getListenClient']> {
    const client = await super.getListenClient();
    if (!this.listening.has(client)) {
      this.listening.add(client);
      const query = client.query.bind(client);
      let last: Promise<unknown> = Promise.resolve();
      client.query = (text, params) => {
        const next = last.then(() => query<never>(text, params));
        last = next.catch(() => undefined);
        return next;
      };
    }
    return client;
  }

  /** Closing one queue must not close the others. */
  override close(): Promise<void> {
    return Promise.resolve();
  }

  /** Closes the LISTEN client; the pool belongs to the caller. */
  end(): Promise<void> {
    return super.close();
  }
}

/** BullMQ's back end, made patient for a database that restarts. */
export class PatientPostgresBackend extends PostgresQueueBackend {
  override get maximumBlockTimeout(): number {
    return LONGEST_SLEEP_S;
  }

  override async moveToActive(
    token: string,
    name?: string,
  ): ReturnType<PostgresQueueBackend['moveToActive']> {
    try {
      return await super.moveToActive(token, name);
    } catch (error) {
      await delay(FETCH_RETRY_MS, undefined, { ref: false });
      throw error;
    }
  }
}
