import type { Logger } from './logs/logger.js';

/**
 * Ends a process in order, once, on SIGTERM, SIGINT, or when the supervisor that forked it is gone (its IPC channel closes),
 * so that a supervisor killed outright leaves nothing behind.
 */
export function closeOnSignals(close: () => Promise<void>, logger: Logger, deadlineMs = 12_000): void {
  let closing = false;
  const end = (why: string) => {
    if (closing) return;
    closing = true;
    logger.info({ why }, 'closing');
    setTimeout(() => process.exit(1), deadlineMs).unref();
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'could not close in order');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => end('SIGTERM'));
  process.on('SIGINT', () => end('SIGINT'));
  if (process.channel) process.on('disconnect', () => end('supervisor gone'));
}

/** Tells the supervisor, if there is one, that the process serves. */
export function announceReady(details: Readonly<Record<string, string | number>> = {}): void {
  process.send?.({ type: 'ready', ...details });
}

/** Runs the start of a process; a failure is logged in one line that says what to do, and ends it. */
export function runMain(logger: Logger, main: () => Promise<void>): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  process.on('unhandledRejection', (error) => {
    logger.fatal({ err: error }, 'unhandled rejection');
    process.exit(1);
  });
  main().catch((error: unknown) => {
    logger.fatal({ err: error }, error instanceof Error ? error.message : 'could not start');
    process.exit(1);
  });
}
