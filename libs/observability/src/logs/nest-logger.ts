import type { LoggerService } from '@nestjs/common';
import type { Logger } from './logger.js';

/** Sends what the framework logs to our logger, so that one process writes one format. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: unknown): void {
    this.logger.debug({ context }, text(message));
  }

  warn(message: unknown, context?: unknown): void {
    this.logger.warn({ context }, text(message));
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.logger.error(
      { context: rest.at(-1), err: message instanceof Error ? message : undefined },
      text(message),
    );
  }

  debug(message: unknown, context?: unknown): void {
    this.logger.debug({ context }, text(message));
  }

  verbose(message: unknown, context?: unknown): void {
    this.logger.trace({ context }, text(message));
  }

  fatal(message: unknown, context?: unknown): void {
    this.logger.fatal({ context }, text(message));
  }
}

function text(message: unknown): string {
  return message instanceof Error ? message.message : String(message);
}
