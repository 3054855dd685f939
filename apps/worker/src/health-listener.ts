import { OperatorToken } from '#access';
import type { Config } from '#config';
import type { Logger, Metrics } from '#observability';
import { httpStatusOf, metricsPage, OperationsListener } from '#operations';
import { readSecret } from '#platform';
import type { WorkerHealth } from './worker-health.js';

/** Health for probes, health in detail and metrics on WORKER_HEALTH_PORT; undefined where none is configured. */
export async function openHealthListener(
  config: Config,
  health: WorkerHealth,
  metrics: Metrics,
  logger: Logger,
): Promise<OperationsListener | undefined> {
  if (config.WORKER_HEALTH_PORT === undefined) return undefined;
  const listener = await OperationsListener.open({
    host: config.WORKER_HEALTH_HOST,
    port: config.WORKER_HEALTH_PORT,
    operators: new OperatorToken(config.metricsToken && readSecret(config.metricsToken).trim()),
    onError: (error) => logger.error({ err: error }, 'page of the operators failed'),
    pages: {
      '/health/live': { forOperators: false, read: () => Promise.resolve({ body: { status: 'up' } }) },
      '/health/ready': {
        forOperators: false,
        read: async () => {
          const status = await health.status();
          return { status: httpStatusOf(status), body: { status } };
        },
      },
      '/health': {
        forOperators: true,
        read: async () => {
          const body = await health.detail();
          return { status: httpStatusOf(body.status), body };
        },
      },
      '/metrics': metricsPage(metrics),
    },
  });
  logger.info({ url: listener.url }, 'health ready');
  return listener;
}
