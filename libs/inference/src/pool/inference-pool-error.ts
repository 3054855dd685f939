export type InferencePoolFailure = 'deadline_exceeded' | 'queue_full' | 'closed' | 'thread_failed';

const MESSAGES: Record<InferencePoolFailure, string> = {
  deadline_exceeded: 'inference did not finish before its deadline',
  queue_full: 'too many captures are waiting for inference',
  closed: 'the inference pool is closed',
  thread_failed: 'an inference thread failed',
};

/** Trouble of the infrastructure, never a verdict about a capture: the same call may succeed later. */
export class InferencePoolError extends Error {
  override readonly name = 'InferencePoolError';
  readonly retryable = true;

  constructor(
    readonly failure: InferencePoolFailure,
    options?: ErrorOptions,
  ) {
    super(MESSAGES[failure], options);
  }
}
