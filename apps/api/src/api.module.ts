import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { PassportModule } from '@nestjs/passport';
import { TerminusModule } from '@nestjs/terminus';
import { ThrottlerModule, ThrottlerStorage } from '@nestjs/throttler';
import type { OperatorToken } from '#access';
import { copyAuditTo } from '#audit';
import type { Config } from '#config';
import type { Logs, Metrics } from '#observability';
import { openConfiguredQueue, Platform } from '#platform';
import type { StageQueue } from '#queue';
import { BoardEntranceController } from './board/board-entrance.controller.js';
import { API_CONTROLLERS } from './controllers.js';
import { DocsController } from './docs/docs.controller.js';
import { MetricsListener } from './metrics/metrics-listener.js';
import { CallerThrottlerGuard } from './throttling/caller-throttler.guard.js';
import { throttlers } from './throttling/limits.js';
import { RefusalLimit } from './throttling/refusal-limit.js';
import { ThrottlingStore } from './throttling/throttling-store.js';
import { accessProviders } from './wiring/access.providers.js';
import { auditProviders } from './wiring/audit.providers.js';
import { boardProviders } from './wiring/board.providers.js';
import { captureProviders } from './wiring/captures.providers.js';
import { faceSessionProviders } from './wiring/face-sessions.providers.js';
import { operationsProviders } from './wiring/operations.providers.js';
import { policyProviders } from './wiring/policies.providers.js';
import { receiptProviders } from './wiring/receipts.providers.js';
import { peopleProviders } from './wiring/people.providers.js';
import { STAGE_QUEUE } from './wiring/stage-queue.js';
import { subjectProviders } from './wiring/subjects.providers.js';
import { webhookProviders } from './wiring/webhooks.providers.js';

const AUDIT_COPY = Symbol('copy of the audit trail');

/** Wires the use cases to HTTP; everything it opens it also closes. */
@Module({})
export class ApiModule implements OnApplicationShutdown {
  constructor(
    private readonly platform: Platform,
    @Inject(STAGE_QUEUE) private readonly queue: StageQueue,
    private readonly throttling: ThrottlingStore,
    private readonly metricsListener: MetricsListener,
    @Inject(AUDIT_COPY) private readonly endAuditCopy: () => void,
  ) {}

  static forConfig(config: Config, logs: Logs, metrics: Metrics, operators: OperatorToken): DynamicModule {
    const logger = logs.application;
    const throttling = new ThrottlingStore(config, logger);
    return {
      module: ApiModule,
      imports: [
        PassportModule,
        TerminusModule.forRoot({ logger: false }),
        ThrottlerModule.forRoot({
          throttlers: throttlers(config),
          storage: throttling.storage,
        }),
      ],
      controllers: [
        ...API_CONTROLLERS,
        BoardEntranceController,
        ...(config.API_DOCS ? [DocsController] : []),
      ],
      providers: [
        { provide: ThrottlingStore, useValue: throttling },
        { provide: Platform, useFactory: () => Platform.open(config, logger) },
        { provide: STAGE_QUEUE, useFactory: () => openConfiguredQueue(config, 'producer', logger) },
        { provide: APP_GUARD, useClass: CallerThrottlerGuard },
        {
          provide: RefusalLimit,
          useFactory: (storage: ThrottlerStorage) => new RefusalLimit(storage, config),
          inject: [ThrottlerStorage],
        },
        { provide: AUDIT_COPY, useFactory: () => copyAuditTo((record) => logs.audit.info(record, 'deed')) },
        ...operationsProviders(config, logs, metrics, operators),
        ...boardProviders(config),
        ...accessProviders(config, logger),
        ...peopleProviders(config),
        ...auditProviders(config, metrics),
        ...subjectProviders(),
        ...captureProviders(config, logger, metrics),
        ...receiptProviders(config, logger),
        ...policyProviders(config),
        ...webhookProviders(config),
        ...faceSessionProviders(config),
      ],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.metricsListener.close();
    await this.queue.close();
    await this.platform.close();
    this.throttling.close();
    this.endAuditCopy();
  }
}
