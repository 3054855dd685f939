import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, ConfigError, parseConfig, parseEnvironment } from '#config';
import { createLogs } from '#observability';
import { Platform } from '#platform';

/** Written by `start`, so that other commands find the running stack's embedded database. */
export const RUNNING_STACK_FILE = 'running-stack.json';

/** Opens the platform for one command: the database of the environment, else that of the development stack running in DATA_DIR. */
export async function withPlatform<T>(
  work: (platform: Platform, config: Config) => Promise<T>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<T> {
  const config = parseConfig({ ...env, DATABASE_URL: env['DATABASE_URL'] || runningStackDatabase(env) });
  const { application } = createLogs({ name: 'cli', level: 'warn' });
  const platform = await Platform.open(config, application);
  try {
    return await work(platform, config);
  } finally {
    await platform.close();
  }
}

interface RunningStack {
  readonly databaseUrl: string;
  readonly urls: readonly string[];
}

/** The development stack that runs in DATA_DIR, if one does. */
export function runningStack(env: NodeJS.ProcessEnv): RunningStack | undefined {
  const path = join(parseEnvironment(env).DATA_DIR, RUNNING_STACK_FILE);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as RunningStack) : undefined;
}

function runningStackDatabase(env: NodeJS.ProcessEnv): string {
  const stack = runningStack(env);
  if (!stack)
    throw new ConfigError(['DATABASE_URL: required, as no development stack is running (npm start)']);
  return stack.databaseUrl;
}
