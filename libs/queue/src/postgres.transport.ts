import {
  assertSchemaCompatibility,
  LATEST_SCHEMA_VERSION,
  runMigrations,
  SchemaMigrationRequiredError,
} from 'bullmq';
import pg from 'pg';

import { settlesWithin } from './deadline.js';
import { PatientPostgresBackend, SharedPostgresConnection } from './postgres-backend.js';
import { type QueueRole } from './stage-queue.js';
import { maxConnections, type Transport } from './transport.js';

export interface PostgresTransportOptions {
  readonly url: string;
  readonly schema: string;
  readonly role: QueueRole;
  readonly deadlineMs: number;
  readonly report: (source: string) => (error: unknown) => void;
}

const CLOSE_MS = 2_000;

/**
 * One small pool whose search path is pinned to the queue's schema, the LISTEN client counted in.
 * @throws when the database cannot be reached, its schema cannot be migrated, or the search path is overruled by the URL
 */
export async function postgresTransport(options: PostgresTransportOptions): Promise<Transport> {
  const { url, schema, role, deadlineMs, report } = options;
  const keepAlive = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 };
  await migrate(url, schema, report);
  const pool = new pg.Pool({
    ...keepAlive,
    connectionString: url,
    options: `-c search_path="${schema}"`,
    application_name: `secure-biometric-queue-${role}`,
    max: maxConnections('postgres', role, 0),
    connectionTimeoutMillis: role === 'producer' ? deadlineMs : 5_000,
    query_timeout: 15_000,
  });
  pool.on('error', report('postgres pool'));
  try {
    await assertPinned(pool, schema);
  } catch (error) {
    await pool.end();
    throw error;
  }
  const shared = new SharedPostgresConnection(pool);
  shared.on('error', report('postgres listener'));
  const route = {
    connection: {},
    factory: (name: string, opts: object) =>
      new PatientPostgresBackend(shared, name, { ...opts, connection: pool }),
  };

  return {
    backend: 'postgres',
    prefix: undefined,
    producers: route,
    consumers: role === 'worker' ? route : undefined,
    ready: () => Promise.resolve(),
    async ping() {
      await pool.query('SELECT 1');
    },
    async close() {
      await settlesWithin(
        shared.end().then(() => pool.end()),
        CLOSE_MS,
      );
    },
  };
}

/** Creates or upgrades BullMQ's own schema; when nothing is to be done it only reads, so a role without DDL can work. */
async function migrate(
  url: string,
  schema: string,
  report: PostgresTransportOptions['report'],
): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, keepAlive: true });
  client.on('error', report('postgres migration'));
  await client.connect();
  try {
    if ((await currentVersion(client, schema)) < LATEST_SCHEMA_VERSION) await runMigrations(client, schema);
  } finally {
    await client.end();
  }
}

async function currentVersion(client: pg.Client, schema: string): Promise<number> {
  try {
    return await assertSchemaCompatibility(client, schema);
  } catch (error) {
    if (error instanceof SchemaMigrationRequiredError) return 0;
    throw error;
  }
}

async function assertPinned(pool: pg.Pool, schema: string): Promise<void> {
  const { rows } = await pool.query<{ schema: string | null }>('SELECT current_schema() AS schema');
  if (rows[0]?.schema !== schema)
    throw new TypeError('The database URL overrules the search path of the queue');
}
