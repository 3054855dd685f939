import { type QueueLog } from './stage-queue.js';

const SILENCE_MS = 5_000;

/**
 * Reports each kind of error once in five seconds for all connections together, because an outage repeats the same line for every
 * connection and every retry.
 */
export function errorReporter(log: QueueLog): (source: string) => (error: unknown) => void {
  const last = new Map<string, number>();
  return (source) => (error) => {
    const { message, code } = describe(error);
    const now = Date.now();
    for (const [kind, at] of last) if (now - at >= SILENCE_MS) last.delete(kind);
    const kind = code ?? message;
    if (last.has(kind)) return;
    last.set(kind, now);
    log('warn', 'queue connection or job error', { source, error: message, code });
  };
}

function describe(error: unknown): { message: string; code?: string } {
  if (!(error instanceof Error)) return { message: 'unknown error' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return { message: error.message, code };
}
