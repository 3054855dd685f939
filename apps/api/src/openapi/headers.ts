import type { Response } from './types.js';

/** The headers that answers carry, and what each means. */
export const HEADERS = {
  'X-Request-Id': {
    description: 'Names the request in the logs and in the audit trail.',
    required: true,
    schema: { type: 'string' },
  },
  Location: {
    description: 'Where to read what was made.',
    required: true,
    schema: { type: 'string', format: 'uri-reference' },
  },
  'Retry-After': {
    description: 'Seconds to wait before asking again.',
    required: true,
    schema: { type: 'integer', minimum: 0 },
  },
  'RateLimit-Limit': {
    description: 'Requests that this caller may make on this route in the window.',
    required: true,
    schema: { type: 'integer', minimum: 1 },
  },
  'RateLimit-Remaining': {
    description: 'How many of them are left.',
    required: true,
    schema: { type: 'integer', minimum: 0 },
  },
  'RateLimit-Reset': {
    description: 'Seconds until the window ends.',
    required: true,
    schema: { type: 'integer', minimum: 0 },
  },
  'RateLimit-Policy': {
    description: 'The limit and its window in seconds.',
    required: true,
    schema: { type: 'string', pattern: '^\\d+;w=\\d+$' },
  },
  'WWW-Authenticate': {
    description: 'The scheme to authenticate with.',
    required: true,
    schema: { type: 'string' },
  },
  'Idempotency-Replayed': {
    description:
      'The answer is that of an earlier request with the same `Idempotency-Key`; nothing was done now.',
    required: true,
    schema: { type: 'string', enum: ['true'] },
  },
  'Content-Disposition': {
    description: 'Has a browser save the file instead of showing it.',
    required: true,
    schema: { type: 'string' },
  },
};

export type HeaderName = keyof typeof HEADERS;

/** Of answers to requests that were counted. */
export const RATE_LIMIT_HEADERS = [
  'RateLimit-Limit',
  'RateLimit-Remaining',
  'RateLimit-Reset',
  'RateLimit-Policy',
] as const satisfies readonly HeaderName[];

type Headers = NonNullable<Response['headers']>;

/** The part of a response that says which headers it has: `always`, and those that it has `sometimes`. */
export function headersOf(always: readonly HeaderName[], sometimes: readonly HeaderName[] = []): Headers {
  const headers: Headers = {};
  for (const name of always) headers[name] = { $ref: `#/components/headers/${name}` };
  for (const name of sometimes) headers[name] = { ...HEADERS[name], required: false };
  return headers;
}
