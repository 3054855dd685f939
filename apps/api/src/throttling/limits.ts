import { type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { ThrottlerOptions } from '@nestjs/throttler';
import type { FastifyRequest } from 'fastify';
import type { Config } from '#config';

export const MINUTE_MS = 60_000;
const SECRET_ROUTE = 'secret-route';

/** Marks a route where a secret could be guessed: it is counted a second time, against the stricter limit. */
export const GuardsSecret = () => SetMetadata(SECRET_ROUTE, true);

export type Limits = Pick<
  Config,
  'RATE_LIMIT_PER_MINUTE' | 'RATE_LIMIT_MAX_PER_MINUTE' | 'TOKEN_RATE_LIMIT_PER_MINUTE'
>;

/** The limits of every caller on every route. */
export function throttlers(config: Limits): ThrottlerOptions[] {
  return [
    { name: 'default', ttl: MINUTE_MS, limit: (context) => limitOfCaller(requestIn(context), config) },
    {
      name: 'secrets',
      ttl: MINUTE_MS,
      limit: config.TOKEN_RATE_LIMIT_PER_MINUTE,
      skipIf: (context) => !guardsSecret(context),
    },
  ];
}

/** The client's own limit, within the bound as it is now, or everybody's. */
export function limitOfCaller({ rateLimitPerMinute }: FastifyRequest, limits: Limits): number {
  return Math.min(rateLimitPerMinute ?? limits.RATE_LIMIT_PER_MINUTE, limits.RATE_LIMIT_MAX_PER_MINUTE);
}

function requestIn(context: ExecutionContext): FastifyRequest {
  return context.switchToHttp().getRequest<FastifyRequest>();
}

function guardsSecret(context: ExecutionContext): boolean {
  return Reflect.getMetadata(SECRET_ROUTE, context.getHandler()) === true;
}
