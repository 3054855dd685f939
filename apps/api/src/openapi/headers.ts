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

type Headers = NonNullable<Response['headers']>;

/** The part of a response that says which headers it has: `always`, and those that it has `sometimes`. */
export function headersOf(always: readonly HeaderName[], sometimes: readonly HeaderName[] = []): Headers {
  const headers: Headers = {};
  for (const name of always) headers[name] = { $ref: `#/components/headers/${name}` };
  for (const name of sometimes) headers[name] = { ...HEADERS[name], required: false };
  return headers;
}
