import { type HealthIndicatorResult, type HealthIndicatorService } from '@nestjs/terminus';
import { type Platform } from '#platform';
import type { StageQueue } from '#queue';

const DEADLINE_MS = 3_000;

/** What the API needs to do its work (database, blob store), and what it can do without for a while (the queue). */
export class Readiness {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly platform: Platform,
    private readonly queue: StageQueue,
  ) {}

  database(): Promise<HealthIndicatorResult> {
    return this.probe('database', () => this.platform.unitOfWork.ping());
  }

  blobStore(): Promise<HealthIndicatorResult> {
    return this.probe('blobStore', () => this.platform.blobs.check());
  }

  /** Submissions wait in the outbox while the queue is down, so this never makes the API unready. */
  async queueAnswers(): Promise<boolean> {
    return withDeadline(this.queue.ping()).then(
      () => true,
      () => false,
    );
  }

  /** The error itself stays inside: readiness is public, and a driver's message may name hosts and users. */
  private async probe<Key extends string>(
    key: Key,
    check: () => Promise<void>,
  ): Promise<HealthIndicatorResult<Key>> {
    const indicator = this.indicators.check(key);
    return withDeadline(check()).then(
      () => indicator.up(),
      () => indicator.down(),
    );
  }
}

async function withDeadline(check: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('deadline')), DEADLINE_MS);
  });
  await Promise.race([check, late]).finally(() => clearTimeout(timer));
}
