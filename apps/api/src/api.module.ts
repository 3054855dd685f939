import {
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationShutdown,
  type Provider,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { PassportModule } from '@nestjs/passport';
import { HealthCheckService, HealthIndicatorService, TerminusModule } from '@nestjs/terminus';
import { ThrottlerModule } from '@nestjs/throttler';
import { BoardPasses, Clients, JwtStrategy, type OperatorToken, TokenIssuer, TokenKeys } from '#access';
import { copyAuditTo } from '#audit';
import {
  AwaitCapture,
  CancelCapture,
  CaptureArtifacts,
  CaptureQueue,
  CaptureWaits,
  CreateCapture,
  ExchangePageCode,
  ListCaptures,
  ReadCapture,
  ReDrive,
  StartCapture,
  SubmitCapture,
} from '#captures';
import type { Config } from '#config';
import { type Logger, type Logs, Metrics } from '#observability';
import { Installation, measureInstallation, measureLongPolls } from '#operations';
import { openConfiguredQueue, Platform, readSecret } from '#platform';
import type { StageQueue } from '#queue';
import { Consents, Subjects } from '#subjects';
import { BoardEntranceController } from './board/board-entrance.controller.js';
import { BoardGate } from './board/board-gate.js';
import { BoardOrigin } from './board/board-origin.js';
import { WakeUps } from './captures/wake-ups.js';
import { API_CONTROLLERS } from './controllers.js';
import { DocsController } from './docs/docs.controller.js';
import { HealthParts } from './health/health-parts.js';
import { Health } from './health/health.js';
import { MetricsListener } from './metrics/metrics-listener.js';
import { CallerThrottlerGuard } from './throttling/caller-throttler.guard.js';
import { throttlers } from './throttling/limits.js';
import { ThrottlingStore } from './throttling/throttling-store.js';

export const STAGE_QUEUE = Symbol('stage queue');
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
          setHeaders: false,
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
        { provide: AUDIT_COPY, useFactory: () => copyAuditTo((record) => logs.audit.info(record, 'deed')) },
        ...operationsProviders(config, logs, metrics, operators),
        ...boardProviders(config),
        ...accessProviders(config),
        ...useCases(config),
        ...longPolls(config, logger, metrics),
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

function operationsProviders(
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

function accessProviders(config: Config): Provider[] {
  const keys = TokenKeys.parse(readSecret(config.tokenKeys));
  const settings = {
    issuer: config.TOKEN_ISSUER,
    audience: config.TOKEN_AUDIENCE,
    accessTokenTtlSeconds: config.ACCESS_TOKEN_TTL_SECONDS,
  };
  return [
    { provide: TokenKeys, useValue: keys },
    { provide: TokenIssuer, useValue: new TokenIssuer(keys, settings) },
    { provide: JwtStrategy, useFactory: () => new JwtStrategy(keys, settings) },
    fromPlatform(Clients, ({ unitOfWork }) => new Clients(unitOfWork)),
  ];
}

function boardProviders({ PUBLIC_URL }: Config): Provider[] {
  return [
    { provide: BoardOrigin, useValue: new BoardOrigin(PUBLIC_URL) },
    fromPlatform(BoardPasses, ({ unitOfWork }) => new BoardPasses(unitOfWork)),
    {
      provide: BoardGate,
      useFactory: (passes: BoardPasses, origin: BoardOrigin) => new BoardGate(passes, origin),
      inject: [BoardPasses, BoardOrigin],
    },
    {
      provide: ReDrive,
      useFactory: ({ unitOfWork }: Platform, queue: StageQueue) => new ReDrive(unitOfWork, queue),
      inject: [Platform, STAGE_QUEUE],
    },
  ];
}

function useCases(config: Config): Provider[] {
  const submit = {
    deadlineMs: config.CAPTURE_DEADLINE_MS,
    checkAfterMs: config.SWEEP_CHECK_AFTER_MS,
    maxBacklog: config.MAX_BACKLOG,
  };
  return [
    fromPlatform(Subjects, ({ unitOfWork, keyring }) => new Subjects(unitOfWork, keyring)),
    fromPlatform(Consents, ({ unitOfWork }) => new Consents(unitOfWork)),
    fromPlatform(
      CreateCapture,
      ({ unitOfWork, keyring }) =>
        new CreateCapture(unitOfWork, keyring, { expiresMs: config.CAPTURE_EXPIRES_MS }),
    ),
    fromPlatform(ExchangePageCode, ({ unitOfWork }) => new ExchangePageCode(unitOfWork)),
    fromPlatform(StartCapture, ({ unitOfWork }) => new StartCapture(unitOfWork)),
    fromPlatform(
      SubmitCapture,
      ({ unitOfWork, keyring, blobs }) => new SubmitCapture(unitOfWork, keyring, blobs, submit),
    ),
    fromPlatform(
      CaptureQueue,
      ({ unitOfWork }) => new CaptureQueue(unitOfWork, { deadlineMs: config.CAPTURE_DEADLINE_MS }),
    ),
    fromPlatform(ReadCapture, ({ unitOfWork }) => new ReadCapture(unitOfWork)),
    fromPlatform(ListCaptures, ({ unitOfWork }) => new ListCaptures(unitOfWork)),
    fromPlatform(
      CaptureArtifacts,
      ({ unitOfWork, keyring, blobs }) =>
        new CaptureArtifacts(unitOfWork, keyring, blobs, { kept: config.ARTIFACTS }),
    ),
    fromPlatform(CancelCapture, ({ unitOfWork }) => new CancelCapture(unitOfWork)),
  ];
}

function longPolls(config: Config, logger: Logger, metrics: Metrics): Provider[] {
  const waits = new CaptureWaits(config.MAX_LONG_POLLS);
  measureLongPolls(metrics, waits);
  return [
    { provide: CaptureWaits, useValue: waits },
    {
      provide: AwaitCapture,
      useFactory: (read: ReadCapture, waits: CaptureWaits) => new AwaitCapture(read, waits),
      inject: [ReadCapture, CaptureWaits],
    },
    {
      provide: WakeUps,
      useFactory: ({ unitOfWork }: Platform, waits: CaptureWaits) =>
        new WakeUps(config.DATABASE_URL, unitOfWork, waits, logger),
      inject: [Platform, CaptureWaits],
    },
  ];
}

function fromPlatform<T>(
  provide: new (...args: never[]) => T,
  useFactory: (platform: Platform) => T,
): Provider {
  return { provide, useFactory, inject: [Platform] };
}
