import { ThrottlerStorageRedisService } from '@nest-lab/throttler-storage-redis';
import { ThrottlerStorageService, type ThrottlerStorage } from '@nestjs/throttler';
import { Redis } from 'ioredis';

type Increment = ThrottlerStorage['increment'];

/**
 * Counts in Redis, so that limits hold over all API processes; while Redis does not answer, each process counts for itself.
 * Limits thereby loosen a little in an outage, but neither vanish nor take the API down with Redis.
 */
export class ResilientThrottlerStorage implements ThrottlerStorage {
  private readonly shared: ThrottlerStorageRedisService;
  private readonly own = new ThrottlerStorageService();
  private readonly redis: Redis;

  /** @param keyPrefix keeps the counters of installations that share a Redis apart */
  constructor(url: string, keyPrefix: string, onError: (error: Error) => void) {
    this.redis = new Redis(url, {
      keyPrefix,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: 500,
      connectTimeout: 2_000,
    });
    this.redis.on('error', onError);
    this.shared = new ThrottlerStorageRedisService(this.redis);
  }

  readonly increment: Increment = async (...args) => {
    try {
      return await this.shared.increment(...args);
    } catch {
      return this.own.increment(...args);
    }
  };

  close(): void {
    this.redis.disconnect();
    this.own.onApplicationShutdown();
  }
}
