import { randomUUID } from 'node:crypto';

// eslint-disable-next-line no-restricted-imports -- the suite looks at the server itself
import pg from 'pg';

import { maxConnections, openQueue, STAGES } from '#queue';

// eslint-disable-next-line no-restricted-imports -- a contract suite is no part of the public surface
import {
  consumeAll,
  newCapture,
  PATIENT,
  type StageQueueHarness,
  until,
} from '../../libs/queue/src/testing/harness.js';
// eslint-disable-next-line no-restricted-imports -- the same
import { stageQueueContract } from '../../libs/queue/src/testing/stage-queue.contract.js';
// eslint-disable-next-line no-restricted-imports -- the same
import { taskQueueContract } from '../../libs/queue/src/testing/task-queue.contract.js';

const admin = process.env.TEST_PG_ADMIN_URL;

(admin ? describe : describe.skip)('stage queue on PostgreSQL (needs TEST_PG_ADMIN_URL)', () => {
  const database = `queue_${randomUUID().replaceAll('-', '')}`;
  const databaseUrl = Object.assign(new URL(admin ?? 'postgres://x/'), {
    pathname: `/${database}`,
  }).toString();
  let root: pg.Client;
  let client: pg.Client;

  beforeAll(async () => {
    root = new pg.Client({ connectionString: admin });
    await root.connect();
    await root.query(`CREATE DATABASE ${database}`);
    client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await root.query(`DROP DATABASE ${database} WITH (FORCE)`);
    await root.end();
  });

  const harness: StageQueueHarness = {
    open: (schema, options) => openQueue({ ...options, databaseUrl, schema }),
    wipe: async (schema) => {
      await client.query(`DELETE FROM ${schema}.job; DELETE FROM ${schema}.meta`);
    },
  };
  stageQueueContract(harness);
  taskQueueContract(harness);

  const sessions = async () => {
    const { rows } = await root.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE datname = $1 AND application_name LIKE 'secure-biometric-queue-%'`,
      [database],
    );
    return rows.map(({ pid }) => pid);
  };

  test('migrates once when many processes open together, and holds no more connections than it says', async () => {
    const open = (role: 'producer' | 'worker') =>
      openQueue({ databaseUrl, schema: 'together', role, ...PATIENT });
    const [a, b, c, d] = await Promise.all([
      open('producer'),
      open('producer'),
      open('worker'),
      open('worker'),
    ]);
    const ran = [await consumeAll(c), await consumeAll(d)];
    const captures = Array.from({ length: 8 }, newCapture);
    await Promise.all(
      captures.flatMap((capture) => [a.enqueue(capture), b.states(capture.captureId, 1), b.counts()]),
    );
    await until(() => ran.flat().length === captures.length * STAGES.length);
    const open_ = await sessions();
    expect(open_.length).toBeGreaterThan(4);
    expect(open_.length).toBeLessThanOrEqual(
      2 * maxConnections('postgres', 'producer', 0) + 2 * maxConnections('postgres', 'worker', STAGES.length),
    );
    await Promise.all([a, b, c, d].map((queue) => queue.close()));
    await until(async () => (await sessions()).length === 0);
  });

  test('goes on after the server has ended every connection', async () => {
    const queue = await openQueue({ databaseUrl, schema: 'cut', role: 'worker', ...PATIENT });
    const ran = await consumeAll(queue);
    await queue.enqueue(newCapture());
    await until(() => ran.length === STAGES.length);
    await root.query('SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid', [await sessions()]);
    // An attempt that was refused may have got through all the same, so the one that was taken is looked for.
    const capture = newCapture();
    await until(async () => {
      try {
        await queue.enqueue(capture);
        return true;
      } catch {
        return false;
      }
    });
    await until(() => ran.filter(({ job }) => job.captureId === capture.captureId).length >= STAGES.length);
    await queue.close();
  });

  test('works for a role that may not create anything, once migrated', async () => {
    const owner = await openQueue({ databaseUrl, schema: 'owned', role: 'producer' });
    await owner.close();
    const role = `r${randomUUID().replaceAll('-', '')}`;
    await client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'x'; GRANT USAGE ON SCHEMA owned TO ${role};
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA owned TO ${role};
      GRANT USAGE ON ALL SEQUENCES IN SCHEMA owned TO ${role}`);
    const url = Object.assign(new URL(databaseUrl), { username: role, password: 'x' }).toString();
    const queue = await openQueue({ databaseUrl: url, schema: 'owned', role: 'worker', ...PATIENT });
    const ran = await consumeAll(queue);
    await queue.enqueue(newCapture());
    await until(() => ran.length === STAGES.length);
    await queue.close();
    await client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  });

  test('refuses a URL that overrules the search path', async () => {
    const url = `${databaseUrl}?options=${encodeURIComponent('-c search_path=public')}`;
    await expect(openQueue({ databaseUrl: url, schema: 'pinned', role: 'producer' })).rejects.toThrow(
      'search path',
    );
  });
});
