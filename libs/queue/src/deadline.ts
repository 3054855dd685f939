import { QueueUnavailableError } from './queue-unavailable.error.js';

/**
 * Runs `work` for at most `ms` milliseconds; the signal it gets aborts when the time is over, so it can stop before its next step.
 * @throws QueueUnavailableError for a passed deadline and for every failure of `work`, which becomes its `cause`
 */
export async function withDeadline<T>(
  ms: number,
  operation: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const expiry = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new QueueUnavailableError(`${operation}: no answer within ${ms} ms`);
      expiry.abort(error);
      reject(error);
    }, ms);
  });
  try {
    return await Promise.race([work(expiry.signal), expired]);
  } catch (error) {
    throw error instanceof QueueUnavailableError ? error : new QueueUnavailableError(operation, error);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether `promise` settles, either way, within `ms` milliseconds. */
export async function settlesWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const settled = promise.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([settled, late]);
  } finally {
    clearTimeout(timer);
  }
}
