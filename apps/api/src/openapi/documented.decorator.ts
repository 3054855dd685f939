import { applyDecorators, HttpCode, type Type, UseInterceptors } from '@nestjs/common';
import { ApiExtension, ApiHeader, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { SkipThrottle } from '@nestjs/throttler';
import type { ErrorCode } from '#errors';
import { IdempotencyInterceptor } from '../idempotency/idempotency.interceptor.js';
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
  /** Takes an `Idempotency-Key`: the same request again is answered as the first time, and does nothing. */
  readonly idempotent?: true;
}

/** What the finished document is made from and no longer contains. */
export interface RouteNotes {
  readonly refusals: readonly ErrorCode[];
  readonly rateLimited: boolean;
}

export const ROUTE_NOTES = 'x-route-notes';

/** Documents a route, and makes it behave so; every route of the document needs one. */
export function Documented(documentation: RouteDocumentation) {
  const { answers, refusals = [], rateLimited, idempotent = false, ...operation } = documentation;
  const notes: RouteNotes = {
    refusals: [...refusals, ...(idempotent ? IDEMPOTENCY_REFUSALS : [])],
    rateLimited: rateLimited ?? true,
  };
  return applyDecorators(
    HttpCode(Math.min(...Object.keys(answers).map(Number))),
    ApiOperation(operation),
    ApiExtension(ROUTE_NOTES, notes),
    ...Object.entries(answers).map(([status, answer]) =>
      ApiResponse(responseOf(Number(status), answer, { ...notes, idempotent })),
    ),
    ...(rateLimited === false ? [SkipThrottle()] : []),
    ...(idempotent ? [UseInterceptors(IdempotencyInterceptor), ApiHeader(IDEMPOTENCY_HEADER)] : []),
  );
}

const IDEMPOTENCY_REFUSALS: readonly ErrorCode[] = [
  'idempotency_in_flight',
  'idempotency_answer_lost',
  'idempotency_key_reused',
];
const IDEMPOTENCY_HEADER = {
  name: 'Idempotency-Key',
  required: false,
  description:
    'A name of your own for this request, best a UUID. The same request again under the same name within 24 hours is answered as the first ' +
    'time and does nothing.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
} as const;

function responseOf(
  status: number,
  { mediaTypes, headers = [], headersSometimes = [], ...answer }: RouteAnswer,
  { rateLimited, idempotent }: { readonly rateLimited: boolean; readonly idempotent: boolean },
) {
  const always = ['X-Request-Id', ...(rateLimited ? RATE_LIMIT_HEADERS : []), ...headers] as const;
  const sometimes = [...headersSometimes, ...(idempotent ? (['Idempotency-Replayed'] as const) : [])];
  return {
    ...answer,
    status,
    headers: headersOf(always, sometimes),
    ...(mediaTypes && { content: Object.fromEntries(mediaTypes.map((type) => [type, {}])) }),
  };
}
