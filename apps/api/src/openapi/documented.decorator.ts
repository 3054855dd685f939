import { applyDecorators, HttpCode, type Type } from '@nestjs/common';
import { ApiExtension, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { SkipThrottle } from '@nestjs/throttler';
import type { ErrorCode } from '#errors';
import { type HeaderName, headersOf, RATE_LIMIT_HEADERS } from './headers.js';

/** What a route answers to a request it takes. */
export interface RouteAnswer {
  readonly description: string;
  /** The class that describes the JSON body. */
  readonly type?: Type;
  /** Instead of `type`, a body that is no JSON: its media types. */
  readonly mediaTypes?: readonly string[];
  readonly headers?: readonly HeaderName[];
  /** Headers that it has in some cases only. */
  readonly headersSometimes?: readonly HeaderName[];
}

export interface RouteDocumentation {
  /** Names the operation in generated clients; unique. */
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  /** By status; the lowest one is what the handler answers unless it says otherwise. */
  readonly answers: Readonly<Record<number, RouteAnswer>>;
  /** The refusals of this route alone; those that many routes share come from the table of routes. */
  readonly refusals?: readonly ErrorCode[];
  /** False where nothing is counted against the caller's limits. */
  readonly rateLimited?: false;
}

/** What the finished document is made from and no longer contains. */
export interface RouteNotes {
  readonly refusals: readonly ErrorCode[];
  readonly rateLimited: boolean;
}

export const ROUTE_NOTES = 'x-route-notes';

/** Documents a route, and makes it behave so; every route of the document needs one. */
export function Documented({ answers, refusals = [], rateLimited, ...operation }: RouteDocumentation) {
  const notes: RouteNotes = { refusals, rateLimited: rateLimited ?? true };
  return applyDecorators(
    HttpCode(Math.min(...Object.keys(answers).map(Number))),
    ApiOperation(operation),
    ApiExtension(ROUTE_NOTES, notes),
    ...Object.entries(answers).map(([status, answer]) =>
      ApiResponse(responseOf(Number(status), answer, notes)),
    ),
    ...(rateLimited === false ? [SkipThrottle()] : []),
  );
}

function responseOf(
  status: number,
  { mediaTypes, headers = [], headersSometimes, ...answer }: RouteAnswer,
  { rateLimited }: RouteNotes,
) {
  const common = ['X-Request-Id', ...(rateLimited ? RATE_LIMIT_HEADERS : [])] as const;
  return {
    ...answer,
    status,
    headers: headersOf([...common, ...headers], headersSometimes),
    ...(mediaTypes && { content: Object.fromEntries(mediaTypes.map((type) => [type, {}])) }),
  };
}
