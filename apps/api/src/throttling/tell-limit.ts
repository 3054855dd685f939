import type { FastifyReply } from 'fastify';

/** How things stand with a limit. */
export interface Standing {
  readonly limit: number;
  readonly remaining: number;
  readonly resetSeconds: number;
  readonly windowSeconds: number;
}

/** Where two limits count one request, the one of which less is left. */
export function tellLimit(
  reply: FastifyReply,
  { limit, remaining, resetSeconds, windowSeconds }: Standing,
): void {
  const said = reply.getHeader('ratelimit-remaining');
  if (said !== undefined && Number(said) < remaining) return;
  reply.headers({
    'ratelimit-limit': String(limit),
    'ratelimit-remaining': String(remaining),
    'ratelimit-reset': String(resetSeconds),
    'ratelimit-policy': `${limit};w=${windowSeconds}`,
  });
}
