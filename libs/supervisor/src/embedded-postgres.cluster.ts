import { execFile } from 'node:child_process';
import { chown, mkdir, readFile, readlink, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PostgresHome } from './embedded-postgres.home.js';
import { isAlive, sendSignal, waitUntilGone } from './processes.js';

const run = promisify(execFile);

/** Nothing of the caller's environment, which may hold secrets, reaches the server. */
export const SERVER_ENVIRONMENT = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/** How long each of the three ways to end a server may take: fast shutdown, immediate shutdown, kill. */
const FAST_MS = 15_000;
const IMMEDIATE_MS = 3_000;
const KILL_MS = 3_000;

/**
 * Makes the cluster unless it exists; it appears under its name only when complete, so an interrupted first start leaves
 * nothing that looks like data.
 *
 * @throws Error with initdb's own words
 */
export async function initialiseCluster(
  home: PostgresHome,
  password: string,
  fast: boolean,
  signal: AbortSignal,
): Promise<void> {
  if (await stat(home.cluster).catch(() => undefined)) return;
  const partial = `${home.cluster}.partial`;
  const passwordFile = join(home.directory, 'initdb-password');
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { mode: 0o700 });
  await rm(passwordFile, { force: true });
  await writeFile(passwordFile, password, { mode: 0o600, flag: 'wx' });
  if (home.account) {
    await chown(partial, home.account.uid, home.account.gid);
    await chown(passwordFile, home.account.uid, home.account.gid);
  }
  const flags = [
    `--pgdata=${partial}`,
    `--pwfile=${passwordFile}`,
    '--username=postgres',
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    ...(fast ? ['--no-sync'] : []),
  ];
  try {
    await run(home.binaries.initdb, flags, { ...home.account, cwd: '/', env: SERVER_ENVIRONMENT, signal });
    await rename(partial, home.cluster);
  } catch (error) {
    if (signal.aborted) throw error;
    const words = (error as { stderr?: string }).stderr?.trim();
    throw new Error(`PostgreSQL could not create its data directory: ${words || 'initdb failed'}`, {
      cause: error,
    });
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/**
 * Ends a server that outlived its keeper, and clears a pid file whose number now belongs to something else, which
 * PostgreSQL would take for a running server.
 *
 * @returns the pid of the server that was stopped, if any
 */
export async function settleLeftover(cluster: string): Promise<number | undefined> {
  const pidFile = join(cluster, 'postmaster.pid');
  const pid = Number.parseInt(await readFile(pidFile, 'utf8').catch(() => ''), 10);
  if (!(pid > 0) || !isAlive(pid)) return undefined;
  if (!(await servesCluster(pid, cluster))) {
    await rm(pidFile, { force: true });
    return undefined;
  }
  await stopServer(pid);
  return pid;
}

/**
 * Fast shutdown (sessions are ended, all is written), then an immediate one (recovery on the next start), then kill.
 *
 * @throws Error when even a killed server does not go away
 */
export async function stopServer(
  pid: number,
  options: { immediate?: boolean; hurry?: AbortSignal } = {},
): Promise<void> {
  if (!options.immediate && !options.hurry?.aborted) {
    if (!sendSignal(pid, 'SIGINT')) return;
    const hurried = new Promise<false>((resolve) =>
      options.hurry?.addEventListener('abort', () => resolve(false)),
    );
    if (await Promise.race([waitUntilGone(pid, FAST_MS), hurried])) return;
  }
  if (!sendSignal(pid, 'SIGQUIT') || (await waitUntilGone(pid, IMMEDIATE_MS))) return;
  if (!sendSignal(pid, 'SIGKILL') || (await waitUntilGone(pid, KILL_MS))) return;
  throw new Error(`The PostgreSQL server with pid ${pid} cannot be stopped.`);
}

/** A postmaster's working directory is its cluster; where /proc is missing, ps shows the cluster on its command line. */
async function servesCluster(pid: number, cluster: string): Promise<boolean> {
  const directory = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  if (directory !== undefined) return directory === (await realpath(cluster));
  const listing = await run('ps', ['-o', 'args=', '-p', String(pid)]).catch(() => undefined);
  return listing?.stdout.includes(cluster) ?? false;
}
