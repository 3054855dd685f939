export type AnalysisPoolFailure =
  'deadline_exceeded' | 'queue_full' | 'closed' | 'invalid_input' | 'thread_failed';

const MESSAGES: Record<AnalysisPoolFailure, string> = {
  deadline_exceeded: 'the analysis did not finish before its deadline',
  queue_full: 'too many captures are waiting for analysis',
  closed: 'the analysis pool is closed',
  invalid_input: 'the frames or landmarks cannot be analysed',
  thread_failed: 'an analysis thread failed',
};

/** An analysis that gave no result; never a verdict about a capture. */
export class AnalysisPoolError extends Error {
  override readonly name = 'AnalysisPoolError';

  constructor(
    readonly failure: AnalysisPoolFailure,
    options?: ErrorOptions,
  ) {
    super(MESSAGES[failure], options);
  }

  /** Whether the same call may succeed later. */
  get retryable(): boolean {
    return this.failure !== 'invalid_input';
  }
}
