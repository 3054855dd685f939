export { consumersByStage, Installation, type InstallationState } from './installation/installation.js';
export { loadedModels } from './installation/loaded-models.js';
export {
  HEARTBEAT_MS,
  type KnownModel,
  WorkerHeartbeat,
  type WorkerDescription,
  type WorkerPresence,
} from './installation/worker-heartbeats.js';
export { HEALTH_STATUSES, type HealthStatus, httpStatusOf } from './listener/health-status.js';
export {
  metricsPage,
  OperationsListener,
  type OperationsListenerOptions,
  type OperationsPage,
  type Page,
} from './listener/operations-listener.js';
export { measureAuditVerifications } from './metrics/audit-metrics.js';
export { ComputeMetrics } from './metrics/compute-metrics.js';
export { DecisionMetrics } from './metrics/decision-metrics.js';
export { type Answer, CALLER_GONE, HttpMetrics, measureLongPolls } from './metrics/http-metrics.js';
export { measureInstallation } from './metrics/installation-metrics.js';
export { type AttemptOutcome, StageMetrics } from './metrics/stage-metrics.js';
export { StreamMetrics } from './metrics/stream-metrics.js';
export { WebhookMetrics } from './metrics/webhook-metrics.js';
