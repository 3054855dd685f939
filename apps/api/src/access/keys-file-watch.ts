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
 * watchers miss. A file that cannot be read or is wrong changes nothing, with one warning, and a line when it is good again.
 */
export class KeysFileWatch implements OnModuleInit, BeforeApplicationShutdown {
  private readonly loop: Loop;
  private read = '';
  /** What the last warning was about: a content and what is wrong with it. */
  private refused: string | undefined;

  /** @param name of the keys, in the log */
  constructor(
    protected readonly path: string,
    private readonly name: string,
    private readonly keys: ReplaceableKeys,
    protected readonly logger: Logger,
  ) {
    const look = async () => {
      await this.look();
      return 0;
    };
    this.loop = new Loop(look, INTERVAL_MS, (error) => logger.error({ err: error }, `${name} not watched`));
  }

  onModuleInit(): void {
    this.loop.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.loop.stop();
  }

  /** Called with what is in use now: what it throws keeps no new keys out. */
  protected async seen(_json: string): Promise<void> {}

  private async look(): Promise<void> {
    let json = '';
    try {
      json = await readFile(this.path, 'utf8');
      if (json !== this.read) await this.use(json);
      await this.seen(json);
    } catch (error) {
      this.refuse(json, error as Error);
      return;
    }
    if (this.refused !== undefined) this.logger.info(this.kids(), `${this.name} read again`);
    this.refused = undefined;
  }

  private async use(json: string): Promise<void> {
    await this.keys.replace(json);
    if (this.read !== '') this.logger.info(this.kids(), `${this.name} changed`);
    this.read = json;
  }

  private refuse(json: string, error: Error): void {
    const refused = `${json} ${error.message}`;
    if (refused !== this.refused) this.logger.warn({ err: error }, `${this.name} not read again`);
    this.refused = refused;
  }

  private kids(): { kids: string[] } {
    return { kids: this.keys.published.map(({ kid }) => kid) };
  }
}
