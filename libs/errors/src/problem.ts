import { ERROR_CODES, type ErrorCode } from './codes.js';

/** One violated rule of a request, named by the member's path; the offending value is never repeated. */
export interface Violation {
  readonly member: string;
  readonly rule: string;
}

export interface ProblemOptions {
  /** What is particular to this occurrence; never a secret, a template, picture bytes or a submitted value. */
  readonly detail?: string;
  readonly errors?: readonly Violation[];
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** A refusal the caller can act on: becomes RFC 9457 `application/problem+json` with a frozen code. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly status: number;
  readonly errors?: readonly Violation[];
  readonly retryAfterSeconds?: number;

  constructor(
    readonly code: ErrorCode,
    options: ProblemOptions = {},
  ) {
    super(options.detail ?? ERROR_CODES[code].title, { cause: options.cause });
    this.status = ERROR_CODES[code].status;
    this.errors = options.errors;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
