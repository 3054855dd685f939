import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';

/** A migrated, empty database of a suite's own. */
export interface TestDatabase {
  /** Superuser's URL. */
  readonly url: string;
  /** Ends its sessions and deletes it. */
  drop(): Promise<void>;
}

/**
 * Clones the migrated template.
 *
 * @throws Error outside the project "system", whose global setup makes the template
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { TEST_PG_ADMIN_URL: adminUrl, TEST_PG_TEMPLATE: template } = process.env;
  if (!adminUrl || !template) throw new Error('Only suites below test/ have a database.');
  const name = `test_${randomBytes(8).toString('hex')}`;
  await asAdmin(adminUrl, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => asAdmin(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function asAdmin(url: string, statement: string): Promise<void> {
  const admin = await new DataSource({ type: 'postgres', url }).initialize();
  try {
    await admin.query(statement);
  } finally {
    await admin.destroy();
  }
}
