import { Command } from 'commander';
import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Clients } from '#access';
import { parseEnvironment } from '#config';
import { startStack, StackStoppedError } from '#supervisor';
import { provisionModels } from '../provision-models.js';
import { RUNNING_STACK_FILE, withPlatform } from '../with-platform.js';

const DEVELOPMENT_CLIENT = 'development';

export function startCommand(): Command {
  return new Command('start')
    .description(
      'run the whole stack: PostgreSQL (embedded unless DATABASE_URL is set), API and workers; Ctrl-C stops all',
    )
    .option('--workers <n>', 'worker processes', Number, 1)
    .option('--apis <n>', 'API processes', Number, 1)
    .action(async (options: { workers: number; apis: number }) => {
      try {
        await start(options);
      } catch (error) {
        if (!(error instanceof StackStoppedError)) throw error;
      }
    });
}

async function start({ workers, apis }: { workers: number; apis: number }): Promise<void> {
  const environment = parseEnvironment(process.env);
  const dataDir = resolve(environment.DATA_DIR);
  const log = (line: string) => console.log(line);
  await provisionModels(process.env, log);
  const stack = await startStack({ dataDir, env: process.env, apis, workers, handleSignals: true, log });
  const marker = join(dataDir, RUNNING_STACK_FILE);
  writeFileSync(marker, JSON.stringify({ databaseUrl: stack.databaseUrl, urls: stack.urls }), {
    mode: 0o600,
  });
  try {
    console.log(
      `\n  API         ${stack.urls.join('  ')}\n  health      ${stack.urls[0]}/health/ready\n  board       npm run cli -- board link\n  people      npm run cli -- users create NAME --roles admin`,
    );
    console.log(
      `  queue       ${(stack.redisUrl ?? process.env['REDIS_URL']) ? 'Redis' : 'PostgreSQL (set REDIS_URL for production)'}`,
    );
    if (environment.API_DOCS) console.log(`  try it out  ${stack.urls[0]}/api/docs`);
    if (environment.NODE_ENV !== 'production') await printDevelopmentClient(stack.databaseUrl);
    console.log('\n  Ctrl-C stops everything.\n');
    await stack.stopped;
  } finally {
    rmSync(marker, { force: true });
  }
}

/** A fresh client each time: its secret is shown here and stored nowhere. */
async function printDevelopmentClient(databaseUrl: string): Promise<void> {
  process.env['DATABASE_URL'] = databaseUrl;
  const name = `${DEVELOPMENT_CLIENT} ${new Date().toISOString()}`;
  const client = await withPlatform(async ({ unitOfWork }) => {
    const clients = new Clients(unitOfWork);
    return clients.create(await clients.tenant('default'), name);
  });
  console.log(
    `\n  A development client with all scopes, for the shell of the walk-through:\n    export CLIENT_ID=${client.clientId} CLIENT_SECRET=${client.clientSecret}`,
  );
}
