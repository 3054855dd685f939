import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorCode } from '#errors';
import { problemBody, toProblemError } from './problem.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Of the refusal or failure it was answered with. */
    problem?: ErrorCode;
  }
}

/** The last word on every error of the API, whether a handler, the framework or a hook threw it. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    await sendProblem(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}

export async function sendProblem(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const problem = toProblemError(error);
  request.problem = problem.code;
  if (problem.status >= 500)
    request.log.error({ err: problem.cause ?? problem, code: problem.code }, 'request failed');
  else request.log.info({ code: problem.code }, 'request refused');
  if (reply.sent) return;
  if (problem.status === 401) reply.header('www-authenticate', schemeFor(problem.code));
  if (problem.retryAfterSeconds !== undefined) reply.header('retry-after', String(problem.retryAfterSeconds));
  await reply.status(problem.status).type('application/problem+json').send(problemBody(problem, request.id));
}

/** RFC 6750 for tokens; RFC 6749 §5.2 for the credentials of a client; for the board a name that starts no dialogue in a browser. */
function schemeFor(code: ErrorCode): string {
  if (code === 'invalid_client') return 'Basic realm="secure-biometric"';
  return code.startsWith('board_') ? 'BoardLink' : 'Bearer';
}
