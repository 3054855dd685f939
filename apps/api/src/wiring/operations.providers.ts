import type { Provider } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import type { OperatorToken } from '#access';
import type { Config } from '#config';
import { type Logs, Metrics } from '#observability';
import { Installation, measureInstallation } from '#operations';
import { Platform } from '#platform';
import type { StageQueue } from '#queue';
import { HealthParts } from '../health/health-parts.js';
import { Health } from '../health/health.js';
import { MetricsListener } from '../metrics/metrics-listener.js';
import { STAGE_QUEUE } from './stage-queue.js';

/** Metrics, health and what operators see of the installation. */
export function operationsProviders(
  config: Config,
  logs: Logs,
  metrics: Metrics,
  operators: OperatorToken,
): Provider[] {
  const lateAfterSeconds = config.CAPTURE_DEADLINE_MS / 10_000;
  return [
    { provide: Metrics, useValue: metrics },
    {
      provide: Installation,
      useFactory: ({ unitOfWork }: Platform, queue: StageQueue) => {
        const installation = new Installation(unitOfWork);
        measureInstallation(metrics, installation, queue);
        return installation;
      },
      inject: [Platform, STAGE_QUEUE],
    },
    {
      provide: Health,
      useFactory: (
        checks: HealthCheckService,
        indicators: HealthIndicatorService,
        platform: Platform,
        queue: StageQueue,
        installation: Installation,
      ) =>
        new Health(checks, new HealthParts(indicators, platform, queue, installation, { lateAfterSeconds })),
      inject: [HealthCheckService, HealthIndicatorService, Platform, STAGE_QUEUE, Installation],
    },
    {
      provide: MetricsListener,
      useFactory: (health: Health) =>
        MetricsListener.open(config, { metrics, health, operators, logger: logs.application }),
      inject: [Health],
    },
  ];
}
