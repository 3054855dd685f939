import type { Logger } from './logger.js';

/**
 * SIGUSR2 turns the log's debug lines on, and once more back to the configured level: the way to look into a running
 * container without a restart. Child loggers made before keep their level.
 */
export function debugOnSignal(logger: Logger): void {
  const configured = logger.level;
  process.on('SIGUSR2', () => {
    const from = logger.level;
    const to = from === configured ? 'debug' : configured;
    // Told at the more talkative of the two levels, so that the line is seen either way.
    logger.level = 'debug';
    logger.info({ from, to }, 'log level changed');
    logger.level = to;
  });
}
