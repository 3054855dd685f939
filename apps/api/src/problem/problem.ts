import { HttpException } from '@nestjs/common';
import { ERROR_CODES, type ErrorCode, ProblemError, type Violation } from '#errors';
import { BlobStoreUnavailableError } from '#storage';

/** RFC 9457 problem details with our frozen `code` and what to do next. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail?: string;
  readonly next: string;
  /** Names this occurrence in the logs. */
  readonly errorId: string;
  readonly errors?: readonly Violation[];
}

/** What a client may know of an error: a ProblemError as it is, the framework's own by their status, everything else as `internal`. */
export function toProblemError(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  const code =
    codeOfFastify(error) ?? (error instanceof HttpException ? codeOfStatus(error.getStatus()) : undefined);
  if (code) return new ProblemError(code, { cause: error });
  return new ProblemError(isUnavailable(error) ? 'unavailable' : 'internal', { cause: error });
}

export function problemBody(error: ProblemError, errorId: string): ProblemBody {
  const { title, next, status } = ERROR_CODES[error.code];
  return {
    type: `urn:secure-biometric:problem:${error.code}`,
    title,
    status,
    code: error.code,
    ...(error.message !== title && { detail: error.message }),
    next,
    errorId,
    ...(error.errors && { errors: error.errors }),
  };
}

const FASTIFY_CODES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'validation_failed',
  FST_ERR_CTP_INVALID_JSON_BODY: 'validation_failed',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'validation_failed',
  FST_FILES_LIMIT: 'too_many_frames',
  FST_PARTS_LIMIT: 'too_many_frames',
  FST_FIELDS_LIMIT: 'unexpected_part',
  FST_PROTO_VIOLATION: 'unexpected_part',
  FST_INVALID_MULTIPART_CONTENT_TYPE: 'unsupported_media_type',
};

function codeOfFastify(error: unknown): ErrorCode | undefined {
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown };
  if (typeof code !== 'string' || !code.startsWith('FST_')) return undefined;
  return FASTIFY_CODES[code] ?? (typeof statusCode === 'number' ? codeOfStatus(statusCode) : undefined);
}

function codeOfStatus(status: number): ErrorCode | undefined {
  switch (status) {
    case 400:
      return 'validation_failed';
    case 401:
      return 'unauthenticated';
    case 403:
      return 'insufficient_scope';
    case 404:
    case 405:
      return 'not_found';
    case 413:
      return 'body_too_large';
    case 415:
      return 'unsupported_media_type';
    case 429:
      return 'rate_limited';
    case 503:
      return 'unavailable';
    default:
      return status >= 400 && status < 500 ? 'validation_failed' : undefined;
  }
}

/** Trouble that passes: connection, shutdown and limits of the server (classes of SQLSTATE), and the socket's own codes. */
const PASSING_CODE = /^(08|40|53|57)|^55P03$|^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_)/;

/** The driver gives these no code. */
const PASSING_MESSAGE =
  /^(Connection terminated|timeout expired|timeout exceeded when trying to connect|Client (was closed|has encountered a connection error))/;

function isUnavailable(error: unknown): boolean {
  if (error instanceof BlobStoreUnavailableError) return true;
  const cause: unknown = (error as { driverError?: unknown } | null)?.driverError ?? error;
  const { code, message } = (cause ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code === 'string') return PASSING_CODE.test(code);
  return typeof message === 'string' && PASSING_MESSAGE.test(message);
}
