import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';

type Undo = () => Promise<void>;

declare global {
  var undoTestServers: Undo | undefined;
}

/**
 * Gives all suites one database server with a migrated template, and one Redis when there is a redis-server; they reach the
 * suites as TEST_PG_ADMIN_URL, TEST_PG_TEMPLATE and TEST_REDIS_URL. TEST_DATABASE_URL and TEST_REDIS_URL name servers that
 * already run. Jest maps no module names here, so this file stands alone and takes the libs from dist.
 */
export default async function setUp(): Promise<void> {
  build();
  const directory = await mkdtemp(join(tmpdir(), 'secure-biometric-test-'));
  const undo: Undo[] = [() => rm(directory, { recursive: true, force: true })];
  globalThis.undoTestServers = async () => {
    const failures: unknown[] = [];
    for (const step of undo.splice(0).reverse()) await step().catch((error: unknown) => failures.push(error));
    if (failures.length > 0)
      throw new AggregateError(failures, 'The test servers could not be stopped cleanly.');
  };
  try {
    const adminUrl = await startDatabase(directory, undo);
    process.env.TEST_PG_ADMIN_URL = adminUrl;
    process.env.TEST_PG_TEMPLATE = await makeTemplate(adminUrl, undo);
    const redisUrl = await startQueue(directory, undo);
    if (redisUrl) process.env.TEST_REDIS_URL = redisUrl;
  } catch (error) {
    await globalThis.undoTestServers();
    throw error;
  }
}

/** Child processes run the built output: testing yesterday's would prove nothing. */
function build(): void {
  const runner = join(import.meta.dirname, '..', '..', 'bin', 'run.mjs');
  const { status } = spawnSync(process.execPath, [runner, 'build'], { stdio: 'inherit' });
  if (status !== 0)
    throw new Error('dist is missing or older than the sources and could not be built: run "npm run build".');
}

async function startDatabase(directory: string, undo: Undo[]): Promise<string> {
  if (process.env.TEST_DATABASE_URL) return process.env.TEST_DATABASE_URL;
  const { startEmbeddedPostgres } = await import('#supervisor');
  const postgres = await startEmbeddedPostgres({
    dataDir: join(directory, 'postgres'),
    fast: true,
    ephemeral: true,
  });
  undo.push(() => postgres.stop());
  return postgres.url;
}

async function makeTemplate(adminUrl: string, undo: Undo[]): Promise<string> {
  const { migrate } = await import('#database');
  const name = `template_${randomBytes(6).toString('hex')}`;
  const admin = await new DataSource({ type: 'postgres', url: adminUrl }).initialize();
  undo.push(async () => {
    await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await admin.destroy();
  });
  await admin.query(`CREATE DATABASE ${name}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  await migrate(url.href);
  return name;
}

async function startQueue(directory: string, undo: Undo[]): Promise<string | undefined> {
  if (process.env.TEST_REDIS_URL) return process.env.TEST_REDIS_URL;
  const { findRedis, startRedis } = await import('#supervisor');
  if (!(await findRedis())) return undefined;
  const redis = await startRedis({ dir: join(directory, 'redis') });
  undo.push(() => redis.stop());
  return redis.url;
}
