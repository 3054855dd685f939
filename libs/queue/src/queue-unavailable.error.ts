import { ProblemError } from '#errors';

/** The queue's back end did not answer in time or refused; the caller may try again later, nothing was lost. */
export class QueueUnavailableError extends ProblemError {
  /** @param operation what was asked, in words; never an id or a payload */
  constructor(
    readonly operation: string,
    cause?: unknown,
  ) {
    super('unavailable', { detail: `The queue is not available: ${operation}`, cause });
  }
}
