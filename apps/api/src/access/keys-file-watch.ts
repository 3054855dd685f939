import { readFile } from 'node:fs/promises';
import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { Loop } from '#database';
import type { Logger } from '#observability';

const INTERVAL_MS = 2_000;

/** Keys in use that others can be put in place of. */
export interface ReplaceableKeys {
  readonly published: readonly { readonly kid: string }[];
  /** @throws Error naming what is wrong, never a key's value, and keeps those it has */
  replace(json: string): void | Promise<void>;
}

/**
 * Follows a file of keys: read every two seconds rather than watched, because secrets that an orchestrator mounts change by links that
 * watchers miss. A file that cannot be read or is wrong changes nothing.
 */
export class KeysFileWatch implements OnModuleInit, BeforeApplicationShutdown {
  private readonly loop: Loop;
  private read = '';

  /** @param name of the keys, in the log */
  constructor(
    protected readonly path: string,
    name: string,
    private readonly keys: ReplaceableKeys,
    protected readonly logger: Logger,
  ) {
    this.loop = new Loop(
      () => this.look(name).then(() => 0),
      INTERVAL_MS,
      (error) => logger.warn({ err: error }, `${name} not read again`),
    );
  }

  onModuleInit(): void {
    this.loop.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.loop.stop();
  }

  /** Called with what was read, before it is compared with what is in use. */
  protected async seen(_json: string): Promise<void> {}

  private async look(name: string): Promise<void> {
    const json = await readFile(this.path, 'utf8');
    await this.seen(json);
    if (json === this.read) return;
    await this.keys.replace(json);
    if (this.read !== '')
      this.logger.info({ kids: this.keys.published.map(({ kid }) => kid) }, `${name} changed`);
    this.read = json;
  }
}
