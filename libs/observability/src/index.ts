export { createLogger, describeError, type Logger } from './logger.js';
export { NestLogger } from './nest-logger.js';
export { announceReady, closeOnSignals, runMain } from './process-lifecycle.js';
