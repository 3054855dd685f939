import type { Config } from '#config';
import type { Logger } from '#observability';
import { ResilientThrottlerStorage } from './resilient.storage.js';

/** Where rate limits are counted: over all processes where there is a Redis, else in this one. */
export class ThrottlingStore {
  readonly storage: ResilientThrottlerStorage | undefined;

  constructor(config: Config, logger: Logger) {
    if (!config.REDIS_URL) return;
    const onError = (error: Error) => logger.warn({ err: error }, 'rate limits not shared');
    const keyPrefix = `${config.QUEUE_PREFIX}:rate-limit:`;
    this.storage = new ResilientThrottlerStorage(config.REDIS_URL, keyPrefix, onError);
  }

  close(): void {
    this.storage?.close();
  }
}
