import { join, resolve } from 'node:path';
import type { Child } from './child.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.js';
import { Fleet } from './fleet.js';
import { builtEntry } from './project.js';
import { findRedis, startRedis, type Redis } from './redis.js';
import { runToEnd } from './run-to-end.js';
import { onStopSignals } from './stop-signals.js';

const MIGRATE_DEADLINE_MS = 120_000;
const READY_DEADLINE_MS = 120_000;
const GRACE_MS = 15_000;

/** glibc keeps a heap per thread; a worker's decoding threads would hold about 70 MB that are free. */
const FEW_ARENAS = { MALLOC_ARENA_MAX: '2' } as const;

export interface StackOptions {
  /** Everything the stack keeps; handed to the children as DATA_DIR. */
  readonly dataDir: string;
  /** The whole environment of the children; an embedded PostgreSQL is started unless it has a DATABASE_URL. */
  readonly env: NodeJS.ProcessEnv;
  /** How many API processes; the first listens on env.PORT, the others on free ports. Default 1. */
  readonly apis?: number;
  /** Default 1. */
  readonly workers?: number;
  /** `auto` starts a redis-server when one is on PATH and env has no REDIS_URL. Default `none`. */
  readonly redis?: 'none' | 'auto';
  /** Start a child again when it exits unasked. Default true. */
  readonly restart?: boolean;
  /** The embedded database is fast, not durable, and deleted at the end. Default false. */
  readonly ephemeral?: boolean;
  /** Stop on SIGINT, SIGTERM, SIGHUP or when the parent is gone; a second Ctrl-C kills. Default false. */
  readonly handleSignals?: boolean;
  /** How long a child may take to be ready. Default 120 s. */
  readonly readyDeadlineMs?: number;
  /** How long APIs and workers may take to end. Default 15 s. */
  readonly graceMs?: number;
  /** Receives what the stack and its children print. */
  readonly log?: (line: string) => void;
  /** Built entry files instead of the product's own. */
  readonly entries?: { readonly cli: string; readonly api: string; readonly worker: string };
}

/** A running stack. */
export interface Stack {
  /** One base URL per API process. */
  readonly urls: string[];
  readonly databaseUrl: string;
  readonly redisUrl: string | undefined;
  readonly postgres: EmbeddedPostgres | undefined;
  readonly redis: Redis | undefined;
  /** Live views: children that were started again take the place of those that ended. */
  readonly apis: readonly Child[];
  readonly workers: readonly Child[];
  /** Settles when the stack has stopped, whoever stopped it. */
  readonly stopped: Promise<void>;
  /** One more API on free ports; `env` is laid over the stack's environment. */
  startApi(env?: NodeJS.ProcessEnv): Promise<Child>;
  /** One more worker, its health on a free port. */
  startWorker(env?: NodeJS.ProcessEnv): Promise<Child>;
  /** APIs and workers first, then Redis, then PostgreSQL; `hurry` kills. Idempotent. */
  stop(options?: { hurry?: boolean }): Promise<void>;
}

/** Thrown by a start that was told to stop before it was done. */
export class StackStoppedError extends Error {
  override readonly name = 'StackStoppedError';

  constructor() {
    super('The stack was stopped while it started.');
  }
}

/**
 * Starts database, queue, APIs and workers and waits until all are ready.
 *
 * @throws Error with the last lines of the part that failed, after everything else was stopped
 * @throws StackStoppedError when a signal came first
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const stack = new RunningStack(options);
  try {
    await stack.start();
    return stack;
  } catch (error) {
    const interrupted = stack.stopping;
    await stack.stop();
    throw interrupted ? new StackStoppedError() : error;
  }
}

class RunningStack implements Stack {
  readonly stopped: Promise<void>;
  postgres: EmbeddedPostgres | undefined;
  redis: Redis | undefined;
  readonly #apis: Fleet;
  readonly #workers: Fleet;
  readonly #stop = new AbortController();
  readonly #hurry = new AbortController();
  readonly #log: (line: string) => void;
  readonly #releaseSignals: () => void;
  #settle!: () => void;
  #env: NodeJS.ProcessEnv;
  #starting: Promise<void> = Promise.resolve();
  #ending: Promise<void> | undefined;

  constructor(private readonly options: StackOptions) {
    this.#log = options.log ?? (() => undefined);
    this.#env = { ...options.env, DATA_DIR: resolve(options.dataDir) };
    const common = {
      restart: options.restart ?? true,
      readyDeadlineMs: options.readyDeadlineMs ?? READY_DEADLINE_MS,
      log: this.#log,
    };
    const entry = (app: 'api' | 'worker'): string =>
      options.entries?.[app] ?? builtEntry(`apps/${app}/src/main.ts`);
    this.#apis = new Fleet({ ...common, role: 'api', entry: entry('api'), inherit: samePort });
    this.#workers = new Fleet({ ...common, role: 'worker', entry: entry('worker') });
    this.stopped = new Promise((settle) => (this.#settle = settle));
    const stop = (hurry: boolean) => (): void =>
      void this.stop({ hurry }).catch((error: unknown) => this.#log(String(error)));
    this.#releaseSignals = options.handleSignals ? onStopSignals(stop(false), stop(true)) : () => undefined;
  }

  get stopping(): boolean {
    return this.#stop.signal.aborted;
  }
  get urls(): string[] {
    return this.apis.flatMap((api) => api.url ?? []);
  }
  get databaseUrl(): string {
    return this.#env.DATABASE_URL ?? '';
  }
  get redisUrl(): string | undefined {
    return this.#env.REDIS_URL;
  }
  get apis(): readonly Child[] {
    return this.#apis.children;
  }
  get workers(): readonly Child[] {
    return this.#workers.children;
  }

  start(): Promise<void> {
    this.#starting = this.#bringUp();
    return this.#starting;
  }

  startApi(env: NodeJS.ProcessEnv = {}): Promise<Child> {
    return this.#apis.start({ ...this.#env, PORT: '0', ...onFreePort(this.#env, 'METRICS_PORT'), ...env });
  }

  startWorker(env: NodeJS.ProcessEnv = {}): Promise<Child> {
    return this.#workers.start({
      ...FEW_ARENAS,
      ...this.#env,
      ...onFreePort(this.#env, 'WORKER_HEALTH_PORT'),
      ...env,
    });
  }

  stop(options: { hurry?: boolean } = {}): Promise<void> {
    this.#stop.abort();
    if (options.hurry) this.#hurry.abort();
    this.#ending ??= this.#takeDown();
    return this.#ending;
  }

  async #bringUp(): Promise<void> {
    const { signal } = this.#stop;
    await this.#database(signal);
    signal.throwIfAborted();
    await this.#queue();
    signal.throwIfAborted();
    const cli = this.options.entries?.cli ?? builtEntry('apps/cli/src/main.ts');
    await runToEnd(
      { name: 'migrate', entry: cli, args: ['migrate'], env: this.#env, log: this.#log },
      MIGRATE_DEADLINE_MS,
      signal,
    );
    signal.throwIfAborted();
    const { apis = 1, workers = 1 } = this.options;
    const all = [
      ...Array.from({ length: apis }, (_, index) =>
        this.startApi(index === 0 ? configured(this.#env, 'PORT', 'METRICS_PORT') : {}),
      ),
      ...Array.from({ length: workers }, (_, index) =>
        this.startWorker(index === 0 ? configured(this.#env, 'WORKER_HEALTH_PORT') : {}),
      ),
    ];
    await Promise.all(all);
    signal.throwIfAborted();
  }

  async #database(signal: AbortSignal): Promise<void> {
    if (this.#env.DATABASE_URL) return;
    const { dataDir, ephemeral = false } = this.options;
    const { log } = this.options;
    this.postgres = await startEmbeddedPostgres({
      dataDir,
      fast: ephemeral,
      ephemeral,
      signal,
      ...(log ? { log } : {}),
    });
    this.#env = { ...this.#env, DATABASE_URL: this.postgres.url };
    void this.postgres.exited.then(() => {
      if (this.stopping) return;
      this.#log('the embedded database could not be kept running; stopping');
      return this.stop();
    });
  }

  async #queue(): Promise<void> {
    if (this.options.redis !== 'auto' || this.#env.REDIS_URL || !(await findRedis())) return;
    this.redis = await startRedis({ dir: join(this.options.dataDir, 'redis'), log: this.options.log });
    this.#env = { ...this.#env, REDIS_URL: this.redis.url };
  }

  async #takeDown(): Promise<void> {
    const graceMs = this.options.graceMs ?? GRACE_MS;
    const fleets = (): Promise<unknown> =>
      Promise.all([
        this.#apis.stop(graceMs, this.#hurry.signal),
        this.#workers.stop(graceMs, this.#hurry.signal),
      ]);
    try {
      await fleets();
      // What a start in progress had already begun ends here too.
      await this.#starting.catch(() => undefined);
      await this.redis?.stop();
      await this.postgres?.stop({ hurry: this.#hurry.signal.aborted });
    } finally {
      this.#releaseSignals();
      this.#settle();
    }
  }
}

/** Only one process can listen where the environment says; the others take a free port if it says anything at all. */
function onFreePort(env: NodeJS.ProcessEnv, key: string): NodeJS.ProcessEnv {
  return env[key] ? { [key]: '0' } : {};
}

function configured(env: NodeJS.ProcessEnv, ...keys: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(keys.map((key) => [key, env[key]]));
}

/** Clients hold the URL of an API, so the next process listens where the one before did. */
function samePort(before: Child): NodeJS.ProcessEnv {
  const port = before.url ? new URL(before.url).port : '';
  return port ? { PORT: port } : {};
}
