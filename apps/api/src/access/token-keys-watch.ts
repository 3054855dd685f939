import { readFile } from 'node:fs/promises';
import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { rotateTokenKeys, rotateTokenKeysFile, type TokenKeys } from '#access';
import { Loop } from '#database';
import type { Logger } from '#observability';

const INTERVAL_MS = 2_000;

/**
 * Follows the file of the token keys: read every two seconds rather than watched, because secrets that an orchestrator mounts change by
 * links that watchers miss. A file that cannot be read or is wrong changes nothing.
 */
export class TokenKeysWatch implements OnModuleInit, BeforeApplicationShutdown {
  private readonly loop: Loop;
  private read = '';

  /** @param rotateDays the age of the newest key at which this process rotates the file itself; never without one */
  constructor(
    private readonly path: string,
    private readonly keys: TokenKeys,
    private readonly rotateDays: number | undefined,
    private readonly logger: Logger,
  ) {
    this.loop = new Loop(
      () => this.look().then(() => 0),
      INTERVAL_MS,
      (error) => logger.warn({ err: error }, 'token keys not read again'),
    );
  }

  onModuleInit(): void {
    this.loop.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.loop.stop();
  }

  private async look(): Promise<void> {
    const json = await readFile(this.path, 'utf8');
    if (this.rotateDays !== undefined) await this.rotateIfOlder(json, this.rotateDays);
    if (json === this.read) return;
    this.keys.replace(json);
    if (this.read !== '')
      this.logger.info({ kids: this.keys.published.map(({ kid }) => kid) }, 'token keys changed');
    this.read = json;
  }

  /** Looked at before the file is locked, which a process does only when it is time. */
  private async rotateIfOlder(json: string, days: number): Promise<void> {
    if (!rotateTokenKeys(json, { ifOlderThanDays: days })) return;
    if (await rotateTokenKeysFile(this.path, { ifOlderThanDays: days }))
      this.logger.info({ days }, 'token keys rotated');
  }
}
