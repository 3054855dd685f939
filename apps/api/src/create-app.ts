import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import helmet from '@fastify/helmet';
import multipart from '@fastify/multipart';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { CaptureWaits, FRAME_LIMITS } from '#captures';
import type { Config } from '#config';
import { type Logger, NestLogger } from '#observability';
import { denyByDefault, unservedRoutes } from './access/deny-by-default.js';
import { ApiModule } from './api.module.js';
import { closeInOrder } from './close-in-order.js';
import { ProblemFilter, sendProblem } from './problem/problem.filter.js';
import { validationPipe } from './problem/validation.js';

const JSON_BODY_LIMIT = 64 * 1024;
const REQUEST_TIMEOUT_MS = 60_000;
/** No address is longer, so that an overlong id is answered like any other that names nothing. */
const MAX_PARAM_LENGTH = 16 * 1024;
const CORRELATION_HEADER = 'x-correlation-id';
const CORRELATION_ID = /^[A-Za-z0-9._-]{8,100}$/;

/** Builds the HTTP application, ready to listen. */
export async function createApp(config: Config, logger: Logger): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'correlationId' }),
    genReqId: ({ headers }: IncomingMessage) => correlationId(headers[CORRELATION_HEADER]),
    bodyLimit: JSON_BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    trustProxy: config.TRUST_PROXY,
    exposeHeadRoutes: true,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      void sendProblem(error, request, reply),
  });
  const fastify: FastifyInstance = adapter.getInstance();
  logAccess(fastify);
  denyByDefault(fastify);
  closeInOrder(fastify, () => app.get(CaptureWaits).close());
  const app = await NestFactory.create<NestFastifyApplication>(ApiModule.forConfig(config, logger), adapter, {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  await app.register(helmet, {
    contentSecurityPolicy: { directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  });
  await app.register(multipart, {
    limits: {
      files: FRAME_LIMITS.maxFrames,
      fileSize: FRAME_LIMITS.maxBytes,
      fields: 0,
      parts: FRAME_LIMITS.maxFrames + 1,
      headerPairs: 20,
    },
  });
  app.useGlobalFilters(new ProblemFilter());
  app.useGlobalPipes(validationPipe());
  await app.init();
  await fastify.ready();
  const unserved = unservedRoutes(fastify);
  if (unserved.length > 0)
    throw new Error(`ROUTE_ACCESS names routes that nothing serves: ${unserved.join(', ')}`);
  return app;
}

function correlationId(header: string | string[] | undefined): string {
  return typeof header === 'string' && CORRELATION_ID.test(header) ? header : randomUUID();
}

/** One line a request, by route and not by address, so that no id or query of a caller fills the logs. */
function logAccess(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', async (request, reply) => {
    reply.header(CORRELATION_HEADER, request.id);
  });
  fastify.addHook('onResponse', async (request, reply) => {
    request.log.info(
      {
        method: request.method,
        route: request.routeOptions.url ?? null,
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime),
        tenantId: request.principal?.tenantId,
      },
      'request',
    );
  });
}
