/** What the handler of a job knows besides its payload. */
export interface JobContext {
  /** From 1. A job whose worker died is run again under the same number. */
  readonly attempt: number;
  readonly lastAttempt: boolean;
  /** Aborts when the job's lock is lost or `close` stops waiting: another worker may then run the same job. */
  readonly signal: AbortSignal;
}
