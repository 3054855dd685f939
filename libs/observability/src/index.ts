export { describeError } from './logs/describe-error.js';
export { debugOnSignal } from './logs/debug-on-signal.js';
export { createLogs, LOG_STREAMS, type Logger, type Logs, type LogStream } from './logs/logger.js';
export { NestLogger } from './logs/nest-logger.js';
export { Metrics, OTHER, type LabelValues, type MetricDescription, type Sample } from './metrics/metrics.js';
export { measureProcess } from './metrics/process-metrics.js';
export { SharedReading } from './metrics/shared-reading.js';
export { announceReady, closeOnSignals, runMain } from './process-lifecycle.js';
export { productVersion } from './version.js';
