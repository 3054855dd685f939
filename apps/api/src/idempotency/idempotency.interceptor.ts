import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { actorOf } from '#access';
import { ProblemError } from '#errors';
import { type Claim, IdempotencyKeys, type NamedRequest } from '#idempotency';
import { toProblemError } from '../problem/problem.js';

export const IDEMPOTENCY_KEY = 'idempotency-key';
export const IDEMPOTENCY_REPLAYED = 'idempotency-replayed';

/** A structured string (RFC 9651) as the draft has it, or the bare text that most clients send. */
const KEY = /^(?:"([\x20\x21\x23-\x5b\x5d-\x7e]{1,255})"|([\x21\x23-\x5b\x5d-\x7e]{1,255}))$/;

/** Answers a request that was answered before under the same `Idempotency-Key` with the same answer, without doing anything. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly keys: IdempotencyKeys) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const header = request.headers[IDEMPOTENCY_KEY];
    if (header === undefined) return next.handle();
    return from(
      this.once(request, keyOf(header), http.getResponse<FastifyReply>(), () => lastValueFrom(next.handle())),
    );
  }

  private async once(
    request: FastifyRequest,
    key: string,
    reply: FastifyReply,
    handle: () => Promise<unknown>,
  ): Promise<unknown> {
    // It may repeat what is shown only once.
    reply.header('cache-control', 'no-store');
    const claimed = await this.keys.claim(namedRequest(request, key));
    if ('answer' in claimed) {
      reply.header(IDEMPOTENCY_REPLAYED, 'true');
      return JSON.parse(claimed.answer) as unknown;
    }
    const answer = await this.perform(claimed.claim, handle);
    // Written as it will be sent, so that a repeated answer has the same bytes.
    await this.keys
      .complete(claimed.claim, JSON.stringify(answer))
      .catch((error: unknown) => request.log.warn({ err: error }, 'answer not kept for its idempotency key'));
    return answer;
  }

  private async perform(claim: Claim, handle: () => Promise<unknown>): Promise<unknown> {
    try {
      return await this.keys.perform(claim, handle);
    } catch (error) {
      // A refusal has done nothing; of a failure that is not sure, as the connection may be lost over the commit.
      const isRefusal = toProblemError(error).status < 500;
      await (isRefusal ? this.keys.release(claim) : this.keys.settle(claim)).catch(() => undefined);
      throw error;
    }
  }
}

function namedRequest(
  { principal, method, routeOptions, params, body }: FastifyRequest,
  key: string,
): NamedRequest {
  if (!principal) throw new ProblemError('unauthenticated');
  const { kind, id = '' } = actorOf(principal);
  return {
    key,
    tenantId: principal.tenantId,
    caller: `${kind}:${id}`,
    route: `${method} ${routeOptions.url ?? ''}`,
    payload: canonicalJson([params, body ?? null]),
  };
}

/** The same text whatever the order of members. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}

function keyOf(header: string | string[]): string {
  const [, quoted, bare] = (typeof header === 'string' && KEY.exec(header)) || [];
  const key = quoted ?? bare;
  if (key !== undefined) return key;
  throw new ProblemError('validation_failed', {
    errors: [
      { member: 'Idempotency-Key', rule: 'Idempotency-Key must be 1 to 255 visible ASCII characters' },
    ],
  });
}
