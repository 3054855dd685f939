import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf } from '#access';
import type { Logger } from '#observability';
import { CALLER_GONE, type HttpMetrics } from '#operations';
import { EVENT_STREAM_TYPE } from './captures/event-stream.js';

/** One access line and one count for every answer, by route and not by address, so that no id or query of a caller gets into either. */
export class Answers {
  constructor(
    private readonly access: Logger,
    private readonly metrics: HttpMetrics,
  ) {}

  /** Records the request once its answer is out, or its caller gone. */
  follow(request: FastifyRequest, reply: FastifyReply): void {
    reply.raw.once('close', () => this.record(request, reply));
  }

  private record(request: FastifyRequest, reply: FastifyReply): void {
    const { method, principal, boardPass, problem: code } = request;
    const route = request.routeOptions.url;
    const isAnswered = reply.raw.headersSent;
    const status = isAnswered ? reply.statusCode : CALLER_GONE;
    const elapsedMs = reply.elapsedTime;
    this.metrics.answered({
      method,
      route,
      status,
      code,
      seconds: isAnswered && !takesItsTime(request, reply) ? elapsedMs / 1_000 : null,
    });
    const actor = principal ? actorOf(principal) : boardPass?.operator;
    this.access.info(
      {
        correlationId: request.id,
        method,
        route: route ?? null,
        status,
        code,
        durationMs: Math.round(elapsedMs),
        tenantId: principal?.tenantId,
        actorKind: actor?.kind,
        actorId: actor?.id,
      },
      'request',
    );
  }
}

/** A long-poll or an event stream takes as long as its caller likes. */
function takesItsTime({ query }: FastifyRequest, reply: FastifyReply): boolean {
  const asksToWait = (query as { wait?: unknown } | undefined)?.wait !== undefined;
  return asksToWait || String(reply.getHeader('content-type')).startsWith(EVENT_STREAM_TYPE);
}
