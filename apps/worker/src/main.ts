import { parseConfig } from '#config';
import { announceReady, closeOnSignals, createLogger, runMain } from '#observability';
import { Worker } from './worker.js';

const logger = createLogger({ name: 'worker', level: process.env['LOG_LEVEL'] || 'info' });

runMain(logger, async () => {
  const config = parseConfig(process.env);
  const worker = await Worker.start(config, logger);
  closeOnSignals(() => worker.close(), logger);
  logger.info({ stages: config.WORKER_STAGES }, 'worker ready');
  announceReady();
});
