import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import {
  CAPTURE_ENDED_CHANNEL,
  CAPTURE_EVENT_CHANNEL,
  type CaptureWaits,
  type EventSubscriptions,
  wakeBehind,
  wakeEnded,
} from '#captures';
import { Listener, Loop, type UnitOfWork } from '#database';
import type { Logger } from '#observability';

/** How late a long-poll or an event stream is at most when a notification was lost. */
const LOOK_INTERVAL_MS = 5_000;

/**
 * Wakes the long-polls and event streams of this process: the database tells of everything on one connection that only listens, and
 * since it may have told while that connection was down, the process also looks by itself, at once when it listens again and now and then.
 */
export class WakeUps implements OnModuleInit, BeforeApplicationShutdown {
  private readonly loop: Loop;
  private readonly listener: Listener;

  constructor(
    databaseUrl: string,
    unitOfWork: UnitOfWork,
    waits: CaptureWaits,
    subscriptions: EventSubscriptions,
    logger: Logger,
  ) {
    const look = async () => {
      await wakeEnded(unitOfWork, waits);
      await wakeBehind(unitOfWork, subscriptions);
      return 0;
    };
    this.loop = new Loop(look, LOOK_INTERVAL_MS, (error) => logger.warn({ err: error }, 'nobody woken'));
    const channels = {
      [CAPTURE_ENDED_CHANNEL]: (captureId: string) => waits.wake(captureId),
      [CAPTURE_EVENT_CHANNEL]: (captureId: string) => subscriptions.wake(captureId),
    };
    this.listener = new Listener(databaseUrl, channels, () => this.loop.wake());
  }

  async onModuleInit(): Promise<void> {
    this.loop.start();
    await this.listener.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.listener.close(), this.loop.stop()]);
  }
}
