import type { FastifyCorsOptions } from '@fastify/cors';

const PREFLIGHT_SECONDS = 600;

/**
 * Which web pages a browser lets call the API. Registered before the hook that demands a token, because a preflight carries none: only
 * one from a listed origin is answered, any other meets that hook like every request. Cookies are never allowed.
 */
export function corsOptions(allowed: readonly string[]): FastifyCorsOptions {
  return {
    origin: (origin, decide) =>
      decide(null, origin !== undefined && allowed.includes(origin) ? origin : false),
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: ['authorization', 'content-type', 'idempotency-key', 'last-event-id', 'x-request-id'],
    exposedHeaders: [
      'location',
      'idempotency-replayed',
      'retry-after',
      'www-authenticate',
      'x-request-id',
      'ratelimit-limit',
      'ratelimit-remaining',
      'ratelimit-reset',
      'ratelimit-policy',
    ],
    credentials: false,
    maxAge: PREFLIGHT_SECONDS,
    // Else an OPTIONS that is no preflight would be answered in another form than problem details.
    strictPreflight: false,
  };
}
