import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { CAPTURE_ENTITIES } from '#captures';
import { connect, migrate, revertMigration } from '#database';
import { SUBJECT_ENTITIES } from '#subjects';
import { WEBHOOK_ENTITIES } from '#webhooks';
import { MIGRATIONS } from '../../migrations/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { DatabaseProbe } from '../support/stack-database.js';

const COLUMNS = `
  SELECT table_name AS table, column_name AS column, udt_name AS type, is_nullable = 'YES' AS nullable
  FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2`;

/** Everything our migrations make, in words that compare. */
const OBJECTS = `
  SELECT 'column' AS kind, format('%s.%s %s %s %s', table_name, column_name, udt_name, is_nullable, column_default) AS what
    FROM information_schema.columns WHERE table_schema = 'public'
  UNION ALL SELECT 'index', indexdef FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT 'constraint', format('%s %s', conrelid::regclass, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT 'policy', format('%s %s %s %s %s %s', tablename, policyname, roles, cmd, qual, with_check)
    FROM pg_policies WHERE schemaname = 'public'
  UNION ALL SELECT 'grant', format('%s %s %s', table_name, grantee, privilege_type)
    FROM information_schema.role_table_grants WHERE table_schema = 'public'
  UNION ALL SELECT 'column grant', format('%s.%s %s %s', table_name, column_name, grantee, privilege_type)
    FROM information_schema.column_privileges WHERE table_schema = 'public'
  UNION ALL SELECT 'function', proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  UNION ALL SELECT 'trigger', pg_get_triggerdef(t.oid) FROM pg_trigger t
    JOIN pg_class c ON c.oid = tgrelid WHERE NOT tgisinternal AND c.relnamespace = 'public'::regnamespace
  ORDER BY 1, 2`;

/** What TypeORM calls a type → what PostgreSQL calls it. */
const PG_TYPES: Readonly<Record<string, string>> = {
  uuid: 'uuid',
  text: 'text',
  jsonb: 'jsonb',
  bytea: 'bytea',
  timestamptz: 'timestamptz',
  'timestamp with time zone': 'timestamptz',
  integer: 'int4',
  smallint: 'int2',
  'double precision': 'float8',
};

describe('migrations', () => {
  it('are listed exactly as they lie in the folder', async () => {
    const files = (await readdir(join(import.meta.dirname, '..', '..', 'migrations')))
      .filter((name) => /^\d+-.*\.ts$/.test(name))
      .sort();
    const listed = MIGRATIONS.map(({ name }) => name.replace(/^[A-Za-z]+(?=\d)/, ''));
    expect(listed).toEqual(files.map((name) => name.split('-')[0]));
    expect(listed).toEqual([...listed].sort());
  });

  describe('on an empty database', () => {
    let url: string;
    let admin: DataSource;
    let probe: DatabaseProbe;
    const name = `empty_${randomBytes(6).toString('hex')}`;

    beforeAll(async () => {
      const adminUrl = process.env.TEST_PG_ADMIN_URL as string;
      admin = await new DataSource({ type: 'postgres', url: adminUrl }).initialize();
      await admin.query(`CREATE DATABASE ${name}`);
      const own = new URL(adminUrl);
      own.pathname = `/${name}`;
      url = own.href;
      probe = await DatabaseProbe.open(url);
    });
    afterAll(async () => {
      await probe?.close();
      await admin?.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await admin?.destroy();
    });

    it('go up, down one by one to nothing, and up to the same again', async () => {
      const before = await probe.rows(OBJECTS);
      const names = await migrate(url);
      expect(names).toEqual(MIGRATIONS.map((migration) => migration.name));
      const first = await probe.rows(OBJECTS);
      expect(first.length).toBeGreaterThan(before.length + 100);
      for (let step = 0; step < MIGRATIONS.length; step++) await revertMigration(url);
      const own = (rows: object[]) => rows.filter((row) => !JSON.stringify(row).includes('migrations'));
      expect(own(await probe.rows(OBJECTS))).toEqual(own(before));
      await migrate(url);
      expect(await probe.rows(OBJECTS)).toEqual(first);
    });

    it('do nothing when everything is there, and run once when four processes start at once', async () => {
      expect(await migrate(url)).toEqual([]);
      for (let step = 0; step < MIGRATIONS.length; step++) await revertMigration(url);
      const runs = await Promise.all([migrate(url), migrate(url), migrate(url), migrate(url)]);
      expect(runs.map(({ length }) => length).sort()).toEqual([0, 0, 0, MIGRATIONS.length]);
    });
  });
});

describe('entities', () => {
  let database: TestDatabase;
  let source: DataSource;
  let probe: DatabaseProbe;

  beforeAll(async () => {
    database = await createTestDatabase();
    const entities = [...SUBJECT_ENTITIES, ...CAPTURE_ENTITIES, ...WEBHOOK_ENTITIES];
    source = await connect({ url: database.url, role: 'sb_app', entities, poolMax: 1 });
    probe = await DatabaseProbe.open(database.url);
  });
  afterAll(async () => {
    await probe?.close();
    await source?.destroy();
    await database?.drop();
  });

  it.each([...SUBJECT_ENTITIES, ...CAPTURE_ENTITIES, ...WEBHOOK_ENTITIES])(
    '%p has the columns of its table',
    async (entity) => {
      const metadata = source.getMetadata(entity);
      const ours = metadata.columns.map(({ databaseName, type, isArray, isNullable }) => ({
        column: databaseName,
        type: `${isArray ? '_' : ''}${PG_TYPES[String(type)] ?? `unknown ${String(type)}`}`,
        nullable: isNullable,
      }));
      const all = await probe.rows<{ table: string; column: string; type: string; nullable: boolean }>(
        COLUMNS,
      );
      const theirs = all
        .filter(({ table }) => table === metadata.tableName)
        .map(({ column, type, nullable }) => ({ column, type, nullable }));
      const byName = (a: { column: string }, b: { column: string }) => (a.column < b.column ? -1 : 1);
      expect(theirs).not.toEqual([]);
      expect(ours.sort(byName)).toEqual(theirs.sort(byName));
    },
  );

  it.each([...SUBJECT_ENTITIES, ...CAPTURE_ENTITIES, ...WEBHOOK_ENTITIES])(
    '%p has the primary key of its table',
    async (entity) => {
      const metadata = source.getMetadata(entity);
      const keys = await probe.rows<{ column: string }>(
        `SELECT a.attname AS column FROM pg_index i
       JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
       WHERE i.indisprimary AND i.indrelid = $1::regclass`,
        [metadata.tableName],
      );
      const ours = metadata.primaryColumns.map(({ databaseName }) => databaseName);
      expect(ours.sort()).toEqual(keys.map(({ column }) => column).sort());
    },
  );
});
