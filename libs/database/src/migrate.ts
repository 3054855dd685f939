import { DataSource } from 'typeorm';
import { MIGRATIONS } from '../../../migrations/index.js';

const MIGRATION_LOCK = 0x5b10;

/** Brings the database to the newest version; processes starting at once wait for each other. */
export function migrate(ownerUrl: string): Promise<string[]> {
  return asOwner(ownerUrl, async (source) =>
    (await source.runMigrations({ transaction: 'each' })).map(({ name }) => name),
  );
}

/** Takes back the newest migration; throws when there is none. */
export function revertMigration(ownerUrl: string): Promise<void> {
  return asOwner(ownerUrl, (source) => source.undoLastMigration({ transaction: 'each' }));
}

async function asOwner<T>(url: string, work: (source: DataSource) => Promise<T>): Promise<T> {
  const source = await new DataSource({
    type: 'postgres',
    url,
    migrations: MIGRATIONS,
    synchronize: false,
  }).initialize();
  try {
    const lock = source.createQueryRunner();
    try {
      await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
      return await work(source);
    } finally {
      await lock.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).finally(() => lock.release());
    }
  } finally {
    await source.destroy();
  }
}
