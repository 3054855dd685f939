/**
 * The keeper: a process of its own that owns one PostgreSQL server and outlives its parent just long enough to stop it.
 * Argument: JSON KeeperOptions. Messages out: ready, failed, log. Message in: stop; a closed channel means the same.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { lockDirectory } from './directory-lock.js';
import { initialiseCluster, settleLeftover, stopServer } from './embedded-postgres.cluster.js';
import { postgresHome, removePostgresHome, superuserPassword } from './embedded-postgres.home.js';
import type { KeeperMessage, KeeperOptions, StopRequest } from './embedded-postgres.protocol.js';
import { launchServer, type LaunchOptions, type Server } from './embedded-postgres.server.js';

const RELAUNCH_MS = 250;
const MAX_RELAUNCH_MS = 10_000;

const stop = new AbortController();
const hurry = new AbortController();
const log = (line: string): void => send({ type: 'log', line });

// Ctrl-C and service managers signal every process; only the supervisor decides when the database may go.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('disconnect', () => stop.abort());
process.on('message', (message: StopRequest) => {
  if (message.hurry) hurry.abort();
  stop.abort();
});
// The parent's end of the pipe may be gone before the server is.
process.stderr.on('error', () => undefined);

function send(message: KeeperMessage, then?: () => void): void {
  if (process.connected) process.send?.(message, undefined, undefined, then ? () => then() : () => undefined);
  else then?.();
}

async function keep(options: KeeperOptions): Promise<void> {
  const home = await postgresHome(options.dataDir);
  const release = await lockDirectory(home.directory, {
    label: options.dataDir,
    ownerPid: process.ppid,
    signal: stop.signal,
    onLost: () => {
      log('the lock of the data directory was lost; stopping');
      stop.abort();
    },
  });
  try {
    await serve(home, options);
  } finally {
    if (options.ephemeral) await removePostgresHome(home);
    await release().catch(() => undefined);
  }
}

async function serve(home: Awaited<ReturnType<typeof postgresHome>>, options: KeeperOptions): Promise<void> {
  const password = await superuserPassword(home);
  await initialiseCluster(home, password, options.fast, stop.signal);
  const leftover = await settleLeftover(home.cluster);
  if (leftover) log(`stopped a server left behind by an earlier run (pid ${leftover})`);
  const launch: LaunchOptions = { fast: options.fast, log, signal: stop.signal };
  let server = await launchServer(home, launch);
  const stopping = new Promise<void>((resolve) => {
    if (stop.signal.aborted) resolve();
    stop.signal.addEventListener('abort', () => resolve());
  });
  const { port } = server;
  send({
    type: 'ready',
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    port,
    serverPid: server.pid,
  });
  for (let delay = RELAUNCH_MS; ; delay = Math.min(delay * 2, MAX_RELAUNCH_MS)) {
    const startedAt = Date.now();
    const gone = await Promise.race([server.exited.then(() => true), stopping.then(() => false)]);
    if (!gone) break;
    if (Date.now() - startedAt > MAX_RELAUNCH_MS) delay = RELAUNCH_MS;
    log(`the server exited unexpectedly; starting it again in ${delay} ms`);
    await Promise.race([sleep(delay), stopping]);
    if (stop.signal.aborted) return;
    server = await relaunch(home, { ...launch, port });
    send({ type: 'relaunched', serverPid: server.pid });
  }
  await stopServer(server.pid, { immediate: options.ephemeral, hurry: hurry.signal });
}

/** Same port, because clients hold the URL. */
async function relaunch(
  home: Awaited<ReturnType<typeof postgresHome>>,
  launch: LaunchOptions,
): Promise<Server> {
  await settleLeftover(home.cluster);
  return launchServer(home, launch);
}

keep(JSON.parse(process.argv[2] ?? '{}') as KeeperOptions).then(
  () => process.exit(0),
  (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    send({ type: 'failed', message }, () => process.exit(stop.signal.aborted ? 0 : 1));
  },
);
