import { Injectable } from '@nestjs/common';
import { ThrottlerGuard, type ThrottlerRequest } from '@nestjs/throttler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf } from '#access';
import { ProblemError } from '#errors';
import { tellLimit } from './tell-limit.js';

/**
 * Counts by who is calling where that is known, else by address (an IPv6 caller by its /64, of which it has every address), and
 * answers in problem details. Says in `RateLimit-*` how things stand, as draft-ietf-httpapi-ratelimit-headers-06 has it.
 */
@Injectable()
export class CallerThrottlerGuard extends ThrottlerGuard {
  protected override async getTracker(request: Record<string, unknown>): Promise<string> {
    const { principal } = request as unknown as FastifyRequest;
    const actor = principal && actorOf(principal);
    return actor ? `${actor.kind}:${actor.id ?? ''}` : `ip:${await super.getTracker(request)}`;
  }

  protected override async handleRequest(asked: ThrottlerRequest): Promise<boolean> {
    const { context, limit, ttl, throttler, blockDuration, getTracker, generateKey } = asked;
    const { req, res } = this.getRequestResponse(context);
    const name = throttler.name as string;
    const key = generateKey(context, await getTracker(req, context), name);
    const hits = await this.storageService.increment(key, ttl, limit, blockDuration, name);
    const { totalHits, timeToExpire, isBlocked, timeToBlockExpire } = hits;
    const resetSeconds = Math.max(1, Math.ceil(isBlocked ? timeToBlockExpire : timeToExpire));
    tellLimit(res as unknown as FastifyReply, {
      limit,
      resetSeconds,
      windowSeconds: ttl / 1_000,
      remaining: isBlocked ? 0 : Math.max(0, limit - totalHits),
    });
    if (isBlocked) throw new ProblemError('rate_limited', { retryAfterSeconds: resetSeconds });
    return true;
  }
}
