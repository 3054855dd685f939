import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { migrate } from '#database';
import { projectRoot, startEmbeddedPostgres } from '#supervisor';
import { TestApi } from '../api/support/test-api.js';

const PASSWORD = "se'cret";

/** The file as psql runs it, with the variable it reads from the environment filled in. */
async function rolesSql(): Promise<string> {
  const file = await readFile(join(projectRoot(), 'docker', 'postgres', 'roles.sql'), 'utf8');
  const [, variable] = /^\\getenv (\w+) SERVICE_PASSWORD$/m.exec(file) ?? [];
  return file.replace(/^\\.*$/gm, '').replace(`:'${variable}'`, `'${PASSWORD.replaceAll("'", "''")}'`);
}

it('the roles of the compose file serve the API, and are no more than they must be', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'secure-biometric-roles-'));
  const postgres = await startEmbeddedPostgres({ dataDir, fast: true, ephemeral: true });
  const owner = await new DataSource({ type: 'postgres', url: postgres.url, poolSize: 1 }).initialize();
  try {
    await owner.query(await rolesSql());
    await migrate(postgres.url);
    const service = Object.assign(new URL(postgres.url), { username: 'sb_service', password: PASSWORD });
    const login = await new DataSource({ type: 'postgres', url: service.href, poolSize: 1 }).initialize();
    for (const refused of [
      'SELECT * FROM tenants',
      'CREATE TABLE mine ()',
      'SET ROLE postgres',
      'CREATE ROLE mine',
      'ALTER TABLE captures DISABLE ROW LEVEL SECURITY',
    ])
      await expect(login.query(refused)).rejects.toMatchObject({ code: '42501' });
    await login.destroy();

    const api = await TestApi.start({
      databaseUrl: postgres.url,
      reach: () => service.href,
      env: { REDIS_URL: process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:1' },
    });
    try {
      const party = await api.relyingParty();
      const client = api.as(party.token);
      const { id } = await client.create({ purpose: 'liveness' });
      expect((await client.read(id)).state).toBe('created');
    } finally {
      await api.close();
    }
  } finally {
    await owner.destroy();
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
});
