import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { Child } from './child.js';
import { freePort } from './free-port.js';
import { sendSignal } from './processes.js';
import { builtEntry } from './project.js';

const READY_DEADLINE_MS = 15_000;
const ATTEMPTS = 5;

export interface RedisOptions {
  /** Holds the append-only file and the password. Made when missing. */
  readonly dir: string;
  /** A fixed port, to come back where clients expect it; default a random free one. */
  readonly port?: number;
  readonly log?: ((line: string) => void) | undefined;
}

/** A running redis-server that ends with this process. */
export interface Redis {
  /** Contains the password. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly exited: Promise<unknown>;
  /** Stops it after the append-only file is written. Idempotent. */
  stop(): Promise<void>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
}

/** Path of redis-server on PATH, if there is one. */
export async function findRedis(): Promise<string | undefined> {
  for (const directory of (process.env.PATH ?? '').split(delimiter).filter(Boolean)) {
    const program = join(directory, 'redis-server');
    const found = await access(program, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return program;
  }
  return undefined;
}

/**
 * Starts redis-server on 127.0.0.1 as a queue needs it: append-only file, nothing evicted, password kept in `dir`.
 *
 * @throws Error when there is no redis-server on PATH, or with its last lines when it does not come up
 */
export async function startRedis(options: RedisOptions): Promise<Redis> {
  const program = await findRedis();
  if (!program) throw new Error('There is no redis-server on PATH.');
  const dir = resolve(options.dir);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const password = await keptPassword(join(dir, 'password'));
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort());
    try {
      return await launch(program, dir, port, password, options.log);
    } catch (error) {
      if (attempt === ATTEMPTS || !/already in use|Failed listening/i.test(String(error))) throw error;
    }
  }
}

async function launch(
  program: string,
  dir: string,
  port: number,
  password: string,
  log: RedisOptions['log'],
): Promise<Redis> {
  const child = new Child({
    name: 'redis',
    entry: builtEntry('libs/supervisor/src/redis.entry.ts'),
    args: [program],
    env: { PATH: process.env.PATH },
    log,
  });
  child.send({ configuration: configuration(dir, port, password) });
  const ready = await child.whenReady(READY_DEADLINE_MS).catch(async (error: unknown) => {
    await child.stop(0);
    throw error;
  });
  const pid = Number(ready.serverPid);
  const gone = async (): Promise<void> => void (await child.exited);
  return {
    url: `redis://:${password}@127.0.0.1:${port}`,
    port,
    pid,
    exited: child.exited,
    stop: () => {
      child.send({ type: 'stop' });
      return gone();
    },
    kill: () => {
      sendSignal(pid, 'SIGKILL');
      return gone();
    },
  };
}

function configuration(dir: string, port: number, password: string): string {
  return [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    `dir ${JSON.stringify(dir)}`,
    'appendonly yes',
    'appendfsync everysec',
    'save ""',
    'maxmemory-policy noeviction',
    '',
  ].join('\n');
}

async function keptPassword(file: string): Promise<string> {
  const fresh = randomBytes(24).toString('hex');
  return writeFile(file, fresh, { mode: 0o600, flag: 'wx' }).then(
    () => fresh,
    () => readFile(file, 'utf8'),
  );
}
