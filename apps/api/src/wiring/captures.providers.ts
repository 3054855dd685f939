import type { Provider } from '@nestjs/common';
import {
  AwaitCapture,
  CancelCapture,
  CaptureArtifacts,
  CaptureEvents,
  CaptureQueue,
  CaptureWaits,
  CreateCapture,
  EventSubscriptions,
  ExchangePageCode,
  FollowCapture,
  ListCaptures,
  ReadCapture,
  StartCapture,
  SubmitCapture,
  TenantSettings,
} from '#captures';
import type { Config } from '#config';
import type { Logger, Metrics } from '#observability';
import { Installation, loadedModels, measureLongPolls, StreamMetrics } from '#operations';
import { Platform } from '#platform';
import { EventStreamSettings } from '../captures/capture-events.controller.js';
import { WakeUps } from '../captures/wake-ups.js';
import { fromPlatform } from './from-platform.js';

/** The use cases of captures, and what wakes those who wait for a decision. */
export function captureProviders(config: Config, logger: Logger, metrics: Metrics): Provider[] {
  const submit = {
    deadlineMs: config.CAPTURE_DEADLINE_MS,
    checkAfterMs: config.SWEEP_CHECK_AFTER_MS,
    maxBacklog: config.MAX_BACKLOG,
  };
  return [
    {
      provide: CreateCapture,
      useFactory: ({ unitOfWork, keyring }: Platform, installation: Installation) =>
        new CreateCapture(unitOfWork, keyring, {
          expiresMs: config.CAPTURE_EXPIRES_MS,
          usableModels: () => loadedModels(installation),
        }),
      inject: [Platform, Installation],
    },
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
    fromPlatform(
      TenantSettings,
      ({ unitOfWork }) =>
        new TenantSettings(unitOfWork, {
          defaultMs: config.FRAME_RETENTION_MS,
          maxMs: config.FRAME_RETENTION_MAX_MS,
        }),
    ),
    ...longPolls(config, metrics),
    ...eventStreams(config, logger, metrics),
    wakeUps(config, logger),
  ];
}

function longPolls(config: Config, metrics: Metrics): Provider[] {
  const waits = new CaptureWaits({
    max: config.MAX_LONG_POLLS,
    maxPerTenant: config.MAX_LONG_POLLS_PER_TENANT,
  });
  measureLongPolls(metrics, waits);
  return [
    { provide: CaptureWaits, useValue: waits },
    {
      provide: AwaitCapture,
      useFactory: (read: ReadCapture, waits: CaptureWaits) => new AwaitCapture(read, waits),
      inject: [ReadCapture, CaptureWaits],
    },
  ];
}

function eventStreams(config: Config, logger: Logger, metrics: Metrics): Provider[] {
  const counted = new StreamMetrics(metrics);
  const limits = { max: config.MAX_EVENT_STREAMS, maxPerTenant: config.MAX_EVENT_STREAMS_PER_TENANT };
  const subscriptions = new EventSubscriptions(limits, counted.refused);
  counted.measure(subscriptions);
  const settings = { heartbeatMs: config.EVENT_HEARTBEAT_MS, maxMs: config.EVENT_STREAM_MAX_MS };
  return [
    { provide: EventSubscriptions, useValue: subscriptions },
    { provide: EventStreamSettings, useValue: new EventStreamSettings(settings.maxMs) },
    fromPlatform(
      FollowCapture,
      ({ unitOfWork }) =>
        new FollowCapture(new CaptureEvents(unitOfWork), subscriptions, settings, (error, captureId) =>
          logger.warn({ err: error, captureId }, 'event stream ended early'),
        ),
    ),
  ];
}

function wakeUps(config: Config, logger: Logger): Provider {
  return {
    provide: WakeUps,
    useFactory: ({ unitOfWork }: Platform, waits: CaptureWaits, subscriptions: EventSubscriptions) =>
      new WakeUps(config.DATABASE_URL, unitOfWork, waits, subscriptions, logger),
    inject: [Platform, CaptureWaits, EventSubscriptions],
  };
}
