import 'reflect-metadata';
import { parseConfig } from '#config';
import { announceReady, closeOnSignals, createLogger, runMain } from '#observability';
import { createApp } from './create-app.js';

const logger = createLogger({ name: 'api', level: process.env['LOG_LEVEL'] || 'info' });

runMain(logger, async () => {
  const config = parseConfig(process.env);
  const app = await createApp(config, logger);
  await app.listen(config.PORT, config.HOST);
  closeOnSignals(() => app.close(), logger);
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  logger.info({ url }, 'api ready');
  announceReady({ url });
});
