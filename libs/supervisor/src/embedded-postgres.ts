import { resolve } from 'node:path';
import { Child } from './child.js';
import type { KeeperMessage, KeeperOptions, StopRequest } from './embedded-postgres.protocol.js';
import { builtEntry } from './project.js';

const READY_DEADLINE_MS = 90_000;
const STOP_DEADLINE_MS = 30_000;

export interface EmbeddedPostgresOptions {
  /** Holds the data (or the name of where they are); one server at a time. Made when missing. */
  readonly dataDir: string;
  /** Trades durability for speed: no fsync. For data nobody will miss. Default false. */
  readonly fast?: boolean;
  /** Deletes the data when the server stops, however its parent ends. Default false. */
  readonly ephemeral?: boolean;
  /** Receives the server's log, line by line. */
  readonly log?: (line: string) => void;
  /** Ends a start in progress. */
  readonly signal?: AbortSignal;
}

/** A running PostgreSQL server that ends with this process. */
export interface EmbeddedPostgres {
  /** Superuser's URL of the database `postgres`; contains the password. */
  readonly url: string;
  readonly port: number;
  /** Process that keeps the server. */
  readonly keeperPid: number;
  /** The postmaster; changes when the keeper had to start it again. */
  readonly serverPid: number;
  /** Settles when the keeper is gone, wanted or not. */
  readonly exited: Promise<unknown>;
  /** Ends sessions, writes everything, stops; with `hurry` stops at once, to recover at the next start. Idempotent. */
  stop(options?: { hurry?: boolean }): Promise<void>;
}

/**
 * Starts real PostgreSQL 18 on 127.0.0.1 with a random free port and a random password that is kept in the data directory.
 *
 * The server belongs to a keeper process: if this process dies, even by SIGKILL, the keeper stops the server; if the keeper
 * is killed too, the next start on the same directory stops the leftover server first. Root's server runs as the account
 * `postgres`.
 *
 * @throws Error naming the holder's pid when the data directory is in use
 * @throws Error with the server's last lines when it does not come up within 90 s
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  options.signal?.throwIfAborted();
  const keeper: KeeperOptions = {
    dataDir: resolve(options.dataDir),
    fast: options.fast ?? false,
    ephemeral: options.ephemeral ?? false,
  };
  let serverPid = -1;
  const child = new Child({
    name: 'postgres',
    entry: builtEntry('libs/supervisor/src/embedded-postgres.entry.ts'),
    args: [JSON.stringify(keeper)],
    env: process.env,
    log: options.log,
    onMessage: (message) => {
      const { type, ...rest } = message as KeeperMessage;
      if (type === 'log' && 'line' in rest) options.log?.(`postgres | ${rest.line}`);
      if (type === 'relaunched' && 'serverPid' in rest) serverPid = rest.serverPid;
    },
  });
  const abandon = (): void => child.disconnect();
  options.signal?.addEventListener('abort', abandon);
  try {
    const ready = (await child.whenReady(READY_DEADLINE_MS)) as unknown as Extract<
      KeeperMessage,
      { type: 'ready' }
    >;
    serverPid = ready.serverPid;
    const { url, port } = ready;
    return {
      url,
      port,
      keeperPid: child.pid,
      get serverPid() {
        return serverPid;
      },
      exited: child.exited,
      stop: (how) => stopKeeper(child, how?.hurry ?? false),
    };
  } catch (error) {
    await stopKeeper(child, false);
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', abandon);
  }
}

async function stopKeeper(child: Child, hurry: boolean): Promise<void> {
  const request: StopRequest = { type: 'stop', hurry };
  child.send(request);
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
  await child.exited.finally(() => clearTimeout(timer));
}
