import 'reflect-metadata';
import { parseConfig } from '#config';
import { announceReady, closeOnSignals, createLogs, debugOnSignal, runMain } from '#observability';
import { createApp } from './create-app.js';

const logs = createLogs({ name: 'api', level: process.env['LOG_LEVEL'] || 'info' });
const logger = logs.application;
debugOnSignal(logger);

runMain(logger, async () => {
  const config = parseConfig(process.env);
  const app = await createApp(config, logs);
  await app.listen(config.PORT, config.HOST);
  closeOnSignals(() => app.close(), logger);
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  logger.info({ url }, 'api ready');
  announceReady({ url });
});
