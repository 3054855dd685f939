import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Clients, type NewClient } from '#access';
import { Policies } from '#captures';
import { parseConfig } from '#config';
import { createLogs } from '#observability';
import { Platform } from '#platform';
import { builtEntry, projectRoot, type Stack, startStack } from '#supervisor';
import { ApiClient } from './api-client.js';
import { createTestDatabase } from './database.js';
import { DatabaseProbe } from './stack-database.js';

export interface TestStackOptions {
  /** Default 1. */
  readonly apis?: number;
  /** Default 1. */
  readonly workers?: number;
  /** None means that the queue is in PostgreSQL. */
  readonly redisUrl?: string | undefined;
  /** Laid over the environment of all processes. */
  readonly env?: NodeJS.ProcessEnv;
  /** Receives every line its processes print. */
  readonly log?: (line: string) => void;
  /** The PAD level the tenant's policy asks for; default `none`, under which portraits are accepted. */
  readonly requiredPadLevel?: 'none' | 'challenge';
}

/** A stack of built processes with a database and a data folder of its own, and a client of its first tenant. */
export interface TestStack {
  readonly stack: Stack;
  readonly api: ApiClient;
  readonly client: NewClient;
  readonly probe: DatabaseProbe;
  /** The environment its processes were given. */
  readonly env: NodeJS.ProcessEnv;
  /** Wires the lib classes to the same database, keys and blobs, for the length of `work`. */
  withPlatform<T>(work: (platform: Platform) => Promise<T>): Promise<T>;
  /** Stops all and deletes database and folder. */
  stop(): Promise<void>;
}

const withRedis = process.env.TEST_REDIS_URL !== undefined;

/**
 * The queue's two homes, for `describe.each`; Redis is skipped by name where there is none. What takes long for reasons that are not the
 * queue's is done in full with one of them, `inFull`, which is production's where it can be.
 */
export const QUEUE_HOMES = [
  {
    home: 'PostgreSQL',
    suite: describe,
    inFull: !withRedis,
    redisUrl: (): string | undefined => undefined,
  },
  {
    home: 'Redis',
    suite: withRedis ? describe : describe.skip,
    inFull: withRedis,
    redisUrl: (): string | undefined => process.env.TEST_REDIS_URL,
  },
] as const;

/** @throws Error with the last lines of the part that failed; then nothing is left behind */
export async function startTestStack(options: TestStackOptions = {}): Promise<TestStack> {
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const database = await createTestDatabase();
    undo.push(() => database.drop());
    const dataDir = await mkdtemp(join(tmpdir(), 'secure-biometric-stack-'));
    undo.push(() => rm(dataDir, { recursive: true, force: true }));
    const env = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      DATA_DIR: dataDir,
      DATABASE_URL: database.url,
      ...(options.redisUrl && { REDIS_URL: options.redisUrl }),
      // Stacks share one Redis, so each has names of its own there.
      QUEUE_PREFIX: `t${randomBytes(6).toString('hex')}`,
      MODELS_DIR: await provisionedModels(),
      PORT: '0',
      LOG_LEVEL: 'info',
      // A machine with other work may take many times as long over a picture.
      INFERENCE_DEADLINE_MS: '120000',
      RATE_LIMIT_PER_MINUTE: '100000',
      TOKEN_RATE_LIMIT_PER_MINUTE: '10000',
      ...options.env,
    };
    const { apis = 1, workers = 1 } = options;
    const stack = await startStack({ dataDir, env, apis, workers, restart: false, log: options.log });
    undo.push(() => stack.stop({ hurry: true }));
    const withPlatform = openPlatform(env);
    const client = await withPlatform(async ({ unitOfWork }) => {
      const clients = new Clients(unitOfWork);
      const tenantId = await clients.tenant('first');
      await new Policies(unitOfWork).add(tenantId, { requiredPadLevel: options.requiredPadLevel ?? 'none' });
      return clients.create(tenantId, 'test');
    });
    const probe = await DatabaseProbe.open(database.url);
    undo.push(() => probe.close());
    const api = await ApiClient.login(stack.urls[0] as string, client);
    return { stack, api, client, probe, env, withPlatform, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function openPlatform(env: NodeJS.ProcessEnv): TestStack['withPlatform'] {
  return async (work) => {
    const platform = await Platform.open(
      parseConfig(env),
      createLogs({ name: 'test', level: 'fatal' }).application,
    );
    try {
      return await work(platform);
    } finally {
      await platform.close();
    }
  };
}

let models: Promise<string> | undefined;

/** The folder of model files that all stacks share; fetched at first use, verified by whoever loads them. */
function provisionedModels(): Promise<string> {
  models ??= (async () => {
    const folder = process.env.MODELS_DIR ?? join(projectRoot(), '.data', 'models');
    const env = { ...process.env, MODELS_DIR: folder };
    await promisify(execFile)(process.execPath, [builtEntry('apps/cli/src/main.ts'), 'models', 'provision'], {
      env,
    });
    return folder;
  })();
  return models;
}
