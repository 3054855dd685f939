import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type Server } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import type { Config } from '#config';
import { Loop } from '#database';
import type { Logger } from '#observability';

/** RFC 8996 ended the older ones. */
const MIN_VERSION = 'TLSv1.2';
const LOOK_INTERVAL_MS = 2_000;

export type TlsFiles = NonNullable<Config['tls']>;

/** What a server is given to serve TLS with. */
export interface TlsMaterial {
  readonly cert: string;
  readonly key: string;
  readonly minVersion: typeof MIN_VERSION;
}

/** @throws Error when a file cannot be read or the key does not belong to the certificate; never with their content */
export function loadTls({ certFile, keyFile }: TlsFiles): TlsMaterial {
  return material(readFileSync(certFile, 'utf8'), readFileSync(keyFile, 'utf8'));
}

/** Has the server follow its files from when it is ready until it closes. */
export function reloadOnChange(
  fastify: FastifyInstance,
  files: TlsFiles,
  served: TlsMaterial,
  logger: Logger,
): void {
  const reload = new TlsReload(files, served, fastify.server as unknown as Server, logger);
  fastify.addHook('onReady', (done) => {
    reload.start();
    done();
  });
  fastify.addHook('onClose', () => reload.stop());
}

/**
 * Looks at the files now and then, and serves new connections with what they hold; connections that are open go on. Files that do
 * not fit together, as while they are being replaced, leave things as they are, with one warning.
 */
class TlsReload {
  private readonly loop: Loop;
  private refused = '';

  constructor(
    private readonly files: TlsFiles,
    private served: TlsMaterial,
    private readonly server: Server,
    private readonly logger: Logger,
  ) {
    this.loop = new Loop(
      () => this.look().then(() => 0),
      LOOK_INTERVAL_MS,
      (error) => this.refuse(error),
    );
  }

  start(): void {
    this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  private async look(): Promise<void> {
    const [cert, key] = await Promise.all([
      readFile(this.files.certFile, 'utf8'),
      readFile(this.files.keyFile, 'utf8'),
    ]);
    if (cert === this.served.cert && key === this.served.key) return;
    this.server.setSecureContext(material(cert, key));
    this.served = { cert, key, minVersion: MIN_VERSION };
    this.refused = '';
    this.logger.info('certificate replaced');
  }

  private refuse(error: unknown): void {
    const { message } = error as Error;
    if (message !== this.refused) this.logger.warn({ err: error }, 'certificate not replaced');
    this.refused = message;
  }
}

function material(cert: string, key: string): TlsMaterial {
  const both = { cert, key, minVersion: MIN_VERSION } as const;
  createSecureContext(both);
  return both;
}
