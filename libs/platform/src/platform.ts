import { readFileSync } from 'node:fs';
import { CAPTURE_ENTITIES } from '#captures';
import type { Config, SecretSource } from '#config';
import { envKeyring, fileKeyring, type Keyring } from '#crypto';
import { connect, UnitOfWork } from '#database';
import type { Logger } from '#observability';
import { openQueue, type QueueRole, type StageQueue } from '#queue';
import { type BlobStore, filesystemBlobStore } from '#storage';
import { SUBJECT_ENTITIES } from '#subjects';
import { WEBHOOK_ENTITIES } from '#webhooks';

const SYSTEM_POOL = 2;

/** What every process of the platform opens at its start and closes at its end: database, keyring, blob store. */
export class Platform {
  private constructor(
    readonly unitOfWork: UnitOfWork,
    readonly keyring: Keyring,
    readonly blobs: BlobStore,
  ) {}

  static async open(config: Config, logger: Logger): Promise<Platform> {
    const keyring =
      'file' in config.keyring ? await fileKeyring(config.keyring.file) : envKeyring(config.keyring.value);
    const blobs = await filesystemBlobStore(config.BLOB_DIR);
    const onError = (error: Error) => logger.warn({ err: error }, 'database connection lost');
    const app = await connect({
      url: config.DATABASE_URL,
      role: 'sb_app',
      entities: [...SUBJECT_ENTITIES, ...CAPTURE_ENTITIES, ...WEBHOOK_ENTITIES],
      poolMax: config.DATABASE_POOL_MAX,
      onError,
    });
    const system = await connect({
      url: config.DATABASE_SYSTEM_URL,
      role: 'sb_system',
      poolMax: SYSTEM_POOL,
      onError,
    });
    return new Platform(new UnitOfWork(app, system), keyring, blobs);
  }

  close(): Promise<void> {
    return this.unitOfWork.close();
  }
}

/** The queue as configured: Redis where there is a REDIS_URL, else the database's own. */
export function openConfiguredQueue(config: Config, role: QueueRole, logger: Logger): Promise<StageQueue> {
  return openQueue({
    role,
    redisUrl: config.REDIS_URL,
    databaseUrl: config.DATABASE_SYSTEM_URL,
    schema: `${config.QUEUE_PREFIX}_queue`,
    prefix: config.QUEUE_PREFIX,
    stages: config.WORKER_STAGES,
    log: (level, message, fields) => logger[level](fields, message),
  });
}

export function readSecret(source: SecretSource): string {
  return 'file' in source ? readFileSync(source.file, 'utf8') : source.value;
}
