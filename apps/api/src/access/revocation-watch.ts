import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { Revocations } from '#access';
import { Loop } from '#database';
import type { Logger } from '#observability';

const INTERVAL_MS = 1_000;

/** Keeps what this process knows of revoked tokens up to date, so that a session ended anywhere ends here too. */
export class RevocationWatch implements OnModuleInit, BeforeApplicationShutdown {
  private readonly loop: Loop;

  constructor(revocations: Revocations, logger: Logger) {
    this.loop = new Loop(
      () => revocations.read().then(() => 0),
      INTERVAL_MS,
      (error) => logger.warn({ err: error }, 'revoked tokens not read'),
    );
  }

  onModuleInit(): void {
    this.loop.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.loop.stop();
  }
}
