import type { ThrottlerStorage } from '@nestjs/throttler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf, type Principal } from '#access';
import { ProblemError } from '#errors';
import { limitOfCaller, type Limits, MINUTE_MS } from './limits.js';
import { tellLimit } from './tell-limit.js';

/**
 * Bounds how often a caller is refused for want of a right, over all routes: those refusals come before the guard that counts requests, and
 * each of them stays in the audit trail for ever.
 */
export class RefusalLimit {
  constructor(
    private readonly storage: ThrottlerStorage,
    private readonly limits: Limits,
  ) {}

  /** @throws ProblemError rate_limited */
  async count(principal: Principal, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { kind, id } = actorOf(principal);
    const limit = limitOfCaller(request, this.limits);
    const hits = await this.storage.increment(
      `refused:${kind}:${id ?? ''}`,
      MINUTE_MS,
      limit,
      MINUTE_MS,
      'refusals',
    );
    if (!hits.isBlocked) return;
    const resetSeconds = Math.max(1, Math.ceil(hits.timeToBlockExpire));
    tellLimit(reply, { limit, remaining: 0, resetSeconds, windowSeconds: MINUTE_MS / 1_000 });
    throw new ProblemError('rate_limited', { retryAfterSeconds: resetSeconds });
  }
}
