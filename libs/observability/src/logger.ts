import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger };

/** Members that never reach a log, wherever they stand in a logged object: a net under code that logs no such thing. */
const REDACTED = [
  'authorization',
  'cookie',
  'password',
  'secret',
  'client_secret',
  'clientSecret',
  'token',
  'access_token',
  'pageCode',
  'template',
  'landmarks',
  'frame',
  'frames',
  'key',
].flatMap((member) => [member, `*.${member}`, `*.*.${member}`]);

/**
 * JSON lines on standard output. An error is logged by name, code, message and stack, never by its other members: drivers hang
 * queries with their parameters on them.
 */
export function createLogger(options: {
  name: string;
  level: string;
  destination?: DestinationStream;
}): Logger {
  return pino(
    {
      name: options.name,
      level: options.level,
      base: { app: options.name, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: REDACTED, censor: '[redacted]' },
      serializers: { err: describeError },
    },
    options.destination ?? standardOutput(),
  );
}

/** A reader that is gone (a supervisor killed outright) must not take the process down before it has closed in order. */
function standardOutput(): DestinationStream {
  const output = pino.destination({ dest: 1, sync: true });
  output.on('error', () => undefined);
  return output;
}

export function describeError(error: unknown): {
  name: string;
  code?: string;
  message: string;
  stack?: string;
} {
  if (!(error instanceof Error))
    return { name: typeof error, message: 'A value that is no Error was thrown' };
  const { code } = error as { code?: unknown };
  return {
    name: error.name,
    message: error.message,
    stack: error.stack,
    ...(typeof code === 'string' && { code }),
  };
}
