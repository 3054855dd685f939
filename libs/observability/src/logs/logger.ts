import { type DestinationStream, type Logger, pino } from 'pino';
import { describeError } from './describe-error.js';
import { REDACTED_PATHS } from './redaction.js';

export type { Logger };

/** What a line is about, as its member `log` says: diagnostics, one answered request, or one audited deed. */
export const LOG_STREAMS = ['application', 'access', 'audit'] as const;
export type LogStream = (typeof LOG_STREAMS)[number];

/** The three logs of a process. LOG_LEVEL is for the application's; the other two are records, so only `silent` ends them. */
export type Logs = Readonly<Record<LogStream, Logger>>;

export interface LogOptions {
  /** Name of the process in every line. */
  readonly name: string;
  /** Least level of the application's log. */
  readonly level: string;
  /** Default: standard output. */
  readonly destination?: DestinationStream;
}

/** JSON lines, all to one destination; whoever collects them takes them apart by `log`. */
export function createLogs(options: LogOptions): Logs {
  const destination = options.destination ?? standardOutput();
  const ofRecords = options.level === 'silent' ? 'silent' : 'info';
  const open = (log: LogStream, level: string): Logger =>
    pino(
      {
        level,
        base: { app: options.name, pid: process.pid, log },
        timestamp: pino.stdTimeFunctions.isoTime,
        redact: { paths: REDACTED_PATHS, censor: '[redacted]' },
        serializers: { err: describeError, req: omitted, res: omitted },
      },
      destination,
    );
  return {
    application: open('application', options.level),
    access: open('access', ofRecords),
    audit: open('audit', ofRecords),
  };
}

/** Requests and replies of a framework hold headers and whole bodies. */
const omitted = () => '[omitted]';

/** A reader that is gone (a supervisor killed outright) must not take the process down before it has closed in order. */
function standardOutput(): DestinationStream {
  const output = pino.destination({ dest: 1, sync: true });
  output.on('error', () => undefined);
  return output;
}
