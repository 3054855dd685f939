import type { OperatorToken } from '#access';
import type { Config } from '#config';
import type { Logger, Metrics } from '#observability';
import { httpStatusOf, metricsPage, OperationsListener } from '#operations';
import type { Health } from '../health/health.js';

/** `/metrics` and `/health` on METRICS_PORT, an address of their own, where one is configured. */
export class MetricsListener {
  private constructor(private readonly listener: OperationsListener | undefined) {}

  static async open(
    config: Config,
    {
      metrics,
      health,
      operators,
      logger,
    }: { metrics: Metrics; health: Health; operators: OperatorToken; logger: Logger },
  ): Promise<MetricsListener> {
    if (config.METRICS_PORT === undefined) return new MetricsListener(undefined);
    const listener = await OperationsListener.open({
      host: config.METRICS_HOST,
      port: config.METRICS_PORT,
      operators,
      onError: (error) => logger.error({ err: error }, 'page of the operators failed'),
      pages: {
        '/metrics': metricsPage(metrics),
        '/health': {
          forOperators: true,
          read: async () => {
            const body = await health.detail();
            return { status: httpStatusOf(body.status), body };
          },
        },
      },
    });
    logger.info({ url: listener.url }, 'metrics ready');
    return new MetricsListener(listener);
  }

  /** Undefined where none is configured. */
  get url(): string | undefined {
    return this.listener?.url;
  }

  async close(): Promise<void> {
    await this.listener?.close();
  }
}
