import { parseConfig } from '#config';
import { announceReady, closeOnSignals, createLogs, debugOnSignal, runMain } from '#observability';
import { Worker } from './worker.js';

const logs = createLogs({ name: 'worker', level: process.env['LOG_LEVEL'] || 'info' });
const logger = logs.application;
debugOnSignal(logger);

runMain(logger, async () => {
  const config = parseConfig(process.env);
  const worker = await Worker.start(config, logs);
  closeOnSignals(() => worker.close(), logger);
  logger.info({ stages: config.WORKER_STAGES }, 'worker ready');
  announceReady();
});
