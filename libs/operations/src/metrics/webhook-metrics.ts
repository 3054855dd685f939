import type { Metrics } from '#observability';
import { ATTEMPT_OUTCOMES, DISABLED_REASONS, type DeliveryReport } from '#webhooks';

const DURATION_BUCKETS_S = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15];
const LAG_BUCKETS_S = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600, 3_600, 21_600, 86_400, 345_600];

/** What this worker delivers to webhooks, of all tenants and receivers together. */
export class WebhookMetrics {
  private readonly attempts;
  private readonly durations;
  private readonly lags;
  private readonly failures;
  private readonly disabled;

  constructor(metrics: Metrics) {
    this.attempts = metrics.counter(
      'sb_webhook_attempts_total',
      'Attempts to deliver a webhook, by how they ended.',
      { outcome: ATTEMPT_OUTCOMES },
      ATTEMPT_OUTCOMES.map((outcome) => ({ outcome })),
    );
    this.durations = metrics.histogram(
      'sb_webhook_attempt_seconds',
      'Time of one attempt to deliver a webhook.',
      { outcome: ATTEMPT_OUTCOMES },
      DURATION_BUCKETS_S,
    );
    this.lags = metrics.histogram(
      'sb_webhook_lag_seconds',
      'Time from what happened to its delivery, failed attempts included.',
      {},
      LAG_BUCKETS_S,
    );
    this.failures = metrics.counter(
      'sb_webhook_deliveries_failed_total',
      'Deliveries given up after their last attempt.',
      {},
      [{}],
    );
    this.disabled = metrics.counter(
      'sb_webhook_endpoints_disabled_total',
      'Endpoints disabled because they failed for days (failing) or said so (gone).',
      { reason: DISABLED_REASONS.filter((reason) => reason !== 'requested') },
      [{ reason: 'gone' }, { reason: 'failing' }],
    );
  }

  delivered({ result, state, lagMs, disabled }: DeliveryReport): void {
    const { outcome, durationMs } = result;
    this.attempts({ outcome });
    this.durations({ outcome }, durationMs / 1_000);
    if (state === 'delivered') this.lags({}, lagMs / 1_000);
    if (state === 'failed') this.failures({});
    if (disabled && disabled !== 'requested') this.disabled({ reason: disabled });
  }
}
