import { type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { ThrottlerOptions } from '@nestjs/throttler';
import type { Config } from '#config';

const MINUTE_MS = 60_000;
const SECRET_ROUTE = 'secret-route';

/** Marks a route where a secret could be guessed: it is counted a second time, against the stricter limit. */
export const GuardsSecret = () => SetMetadata(SECRET_ROUTE, true);

/** The limits of every caller on every route. */
export function throttlers(
  config: Pick<Config, 'RATE_LIMIT_PER_MINUTE' | 'TOKEN_RATE_LIMIT_PER_MINUTE'>,
): ThrottlerOptions[] {
  return [
    { name: 'default', ttl: MINUTE_MS, limit: config.RATE_LIMIT_PER_MINUTE },
    {
      name: 'secrets',
      ttl: MINUTE_MS,
      limit: config.TOKEN_RATE_LIMIT_PER_MINUTE,
      skipIf: (context) => !guardsSecret(context),
    },
  ];
}

function guardsSecret(context: ExecutionContext): boolean {
  return Reflect.getMetadata(SECRET_ROUTE, context.getHandler()) === true;
}
