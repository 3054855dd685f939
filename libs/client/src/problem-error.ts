/** A refusal of the API: RFC 9457 problem details with a frozen `code` to branch on and what to do `next`. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly status: number;
  /** `unexpected_answer` when what answered was not the API. */
  readonly code: string;
  readonly title: string;
  readonly detail: string | undefined;
  readonly next: string | undefined;
  /** Quote it to whoever runs the installation. */
  readonly errorId: string | undefined;
  readonly errors: readonly { readonly member: string; readonly rule: string }[];
  readonly retryAfterSeconds: number | undefined;

  constructor(call: string, status: number, problem: Partial<ProblemDetails>, retryAfterSeconds?: number) {
    const {
      code = 'unexpected_answer',
      title = 'Not an answer of the API',
      detail,
      next,
      errorId,
      errors,
    } = problem;
    super(`${call}: ${status} ${code}: ${detail ?? title}`);
    this.status = status;
    this.code = code;
    this.title = title;
    this.detail = detail;
    this.next = next;
    this.errorId = errorId;
    this.errors = errors ?? [];
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

interface ProblemDetails {
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly next: string;
  readonly errorId: string;
  readonly errors: readonly { readonly member: string; readonly rule: string }[];
}

/** No answer came: the network, or the time for it was over. The request may have been carried out. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  constructor(call: string, cause: unknown) {
    super(`${call}: no answer`, { cause });
  }
}

/** The capture had not ended when the time to wait was over; it may still be decided. */
export class WaitTimeoutError extends Error {
  override readonly name = 'WaitTimeoutError';
  constructor(
    readonly captureId: string,
    readonly state: string | undefined,
  ) {
    super(`Capture ${captureId} has not ended in time; it is ${state ?? 'unknown'}`);
  }
}

/** Reads a refusal to its end. */
export async function problemOf(call: string, response: Response): Promise<ProblemError> {
  const seconds = retryAfterOf(response);
  const text = await response.text().catch(() => '');
  const isProblem = /\bproblem\+json\b/.test(response.headers.get('content-type') ?? '');
  let problem: Partial<ProblemDetails> = {};
  if (isProblem)
    try {
      problem = JSON.parse(text) as Partial<ProblemDetails>;
    } catch {
      // A proxy cut it off: what is left says nothing.
    }
  return new ProblemError(call, response.status, problem, seconds);
}

/** RFC 9110 §10.2.3: seconds or a date. */
export function retryAfterOf({ headers }: Response): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  if (/^\d+$/.test(value)) return Number(value);
  const moment = Date.parse(value);
  return Number.isNaN(moment) ? undefined : Math.max(0, Math.ceil((moment - Date.now()) / 1_000));
}
