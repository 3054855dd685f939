import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PostgresHome } from './embedded-postgres.home.js';
import { SERVER_ENVIRONMENT } from './embedded-postgres.cluster.js';
import { freePort } from './free-port.js';

const READY = 'database system is ready to accept connections';
const RETRYABLE =
  /could not bind|Address already in use|could not create any TCP\/IP sockets|pre-existing shared memory/;
const ATTEMPTS = 5;
const RETRY_MS = 300;
const TAIL_LINES = 20;

const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '128MB',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  // Rows and statements hold personal data: neither belongs in a log.
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
};

/** For data nobody will miss: a crash of the machine may lose or damage it. */
const FAST_SETTINGS: Readonly<Record<string, string>> = {
  // Tests run several installations on one server at once, each with the pools of all its processes.
  max_connections: '400',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
};

/** One running postmaster. */
export interface Server {
  readonly pid: number;
  readonly port: number;
  readonly exited: Promise<void>;
}

export interface LaunchOptions {
  readonly fast: boolean;
  /** Fixed port of a relaunch; otherwise a random free one. */
  readonly port?: number | undefined;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Starts the postmaster in a session of its own, so that Ctrl-C reaches only the supervisor, which stops things in order.
 *
 * @throws Error with the server's last lines when it does not come up
 */
export async function launchServer(home: PostgresHome, options: LaunchOptions): Promise<Server> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await launchOnce(home, options.port ?? (await freePort()), options);
    } catch (error) {
      if (attempt === ATTEMPTS || options.signal.aborted || !RETRYABLE.test(String(error))) throw error;
      await sleep(RETRY_MS);
    }
  }
}

async function launchOnce(home: PostgresHome, port: number, options: LaunchOptions): Promise<Server> {
  const settings = Object.entries({ ...SETTINGS, ...(options.fast ? FAST_SETTINGS : {}) });
  const flags = [
    '-D',
    home.cluster,
    '-p',
    String(port),
    ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  const server = spawn(home.binaries.postgres, flags, {
    ...home.account,
    cwd: '/',
    env: SERVER_ENVIRONMENT,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(server, 'exit').then(() => undefined);
  const tail: string[] = [];
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: server.stderr }).on('line', (line) => {
      tail.push(line);
      if (tail.length > TAIL_LINES) tail.shift();
      options.log(line);
      if (line.includes(READY)) resolve();
    });
  });
  const failed = exited.then(() => {
    throw new Error(`PostgreSQL did not start:\n${tail.join('\n')}`);
  });
  await Promise.race([ready, failed]);
  failed.catch(() => undefined);
  return { pid: server.pid as number, port, exited };
}
