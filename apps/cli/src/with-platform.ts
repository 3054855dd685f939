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

function runningStackDatabase(env: NodeJS.ProcessEnv): string {
  const path = join(parseEnvironment(env).DATA_DIR, RUNNING_STACK_FILE);
  if (!existsSync(path))
    throw new ConfigError(['DATABASE_URL: required, as no development stack is running (npm start)']);
  return (JSON.parse(readFileSync(path, 'utf8')) as { databaseUrl: string }).databaseUrl;
}
