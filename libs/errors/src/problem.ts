import { type ErrorCode, meaningOfCode } from './codes.js';

/** One violated rule of a request, named by the member's path; the offending value is never repeated. */
export interface Violation {
  readonly member: string;
  readonly rule: string;
}

export interface ProblemOptions {
  /** What is particular to this occurrence; never a secret, a template, picture bytes or a submitted value. */
  readonly detail?: string;
  readonly errors?: readonly Violation[];
  /** Default: what the table says of the code. */
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
    const { title, status, retryAfterSeconds } = meaningOfCode(code);
    super(options.detail ?? title, { cause: options.cause });
    this.status = status;
    this.errors = options.errors;
    this.retryAfterSeconds = options.retryAfterSeconds ?? retryAfterSeconds;
  }
}
