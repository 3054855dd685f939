import { measureProcess, Metrics } from '#observability';
import {
  ComputeMetrics,
  DecisionMetrics,
  measureAuditVerifications,
  StageMetrics,
  WebhookMetrics,
} from '#operations';

/** Everything a worker counts. */
export class WorkerMetrics {
  readonly metrics = new Metrics();
  readonly stages = new StageMetrics(this.metrics);
  readonly decisions = new DecisionMetrics(this.metrics);
  readonly compute = new ComputeMetrics(this.metrics);
  readonly auditVerified = measureAuditVerifications(this.metrics);
  readonly webhooks = new WebhookMetrics(this.metrics);

  constructor() {
    measureProcess(this.metrics);
  }
}
