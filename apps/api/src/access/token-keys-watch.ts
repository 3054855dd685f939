import { rotateTokenKeys, rotateTokenKeysFile, type TokenKeys } from '#access';
import type { Logger } from '#observability';
import { KeysFileWatch } from './keys-file-watch.js';

/** Follows the file of the token keys, and rotates it when it is time. */
export class TokenKeysWatch extends KeysFileWatch {
  /** @param rotateDays the age of the newest key at which this process rotates the file itself; never without one */
  constructor(
    path: string,
    keys: TokenKeys,
    private readonly rotateDays: number | undefined,
    logger: Logger,
  ) {
    super(path, 'token keys', keys, logger);
  }

  /** Looked at before the file is locked, which a process does only when it is time. */
  protected override async seen(json: string): Promise<void> {
    const days = this.rotateDays;
    if (days === undefined || !rotateTokenKeys(json, { ifOlderThanDays: days })) return;
    if (await rotateTokenKeysFile(this.path, { ifOlderThanDays: days }))
      this.logger.info({ days }, 'token keys rotated');
  }
}
