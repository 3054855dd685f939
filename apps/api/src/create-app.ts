import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import multipart from '@fastify/multipart';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { ClientStandings, OperatorToken } from '#access';
import { CaptureWaits, EventSubscriptions, FRAME_LIMITS, ReDrive } from '#captures';
import type { Config } from '#config';
import { type Logs, measureProcess, Metrics, NestLogger } from '#observability';
import { HttpMetrics } from '#operations';
import { readSecret } from '#platform';
import { DELIVERIES } from '#webhooks';
import { denyByDefault, unservedRoutes } from './access/deny-by-default.js';
import { ROUTE_ACCESS } from './access/route-access.js';
import { Answers } from './answers.js';
import { keepRefusals, RefusalRecord } from './audit/refusal-record.js';
import { ApiModule } from './api.module.js';
import { BoardGate } from './board/board-gate.js';
import { boardPlugin } from './board/board.plugin.js';
import { closeInOrder } from './close-in-order.js';
import { DOCS_ROUTES } from './docs/docs.controller.js';
import { ProblemFilter, sendProblem } from './problem/problem.filter.js';
import { validationPipe } from './problem/validation.js';
import { corsOptions } from './transport/cors.js';
import { RefusalLimit } from './throttling/refusal-limit.js';
import { securityHeaders } from './transport/headers.js';
import { loadTls, reloadOnChange } from './transport/tls.js';
import { STAGE_QUEUE } from './wiring/stage-queue.js';

const JSON_BODY_LIMIT = 64 * 1024;
const REQUEST_TIMEOUT_MS = 60_000;
/** No address is longer, so that an overlong id is answered like any other that names nothing. */
const MAX_PARAM_LENGTH = 16 * 1024;
const ROUTES = Object.keys(ROUTE_ACCESS).map((key) => key.split(' ')[1] as string);
const REQUEST_ID_HEADER = 'x-request-id';
const REQUEST_ID = /^[A-Za-z0-9._-]{8,100}$/;

/** Builds the HTTP application, ready to listen. */
export async function createApp(config: Config, logs: Logs): Promise<NestFastifyApplication> {
  const logger = logs.application;
  const operators = new OperatorToken(config.metricsToken && readSecret(config.metricsToken).trim());
  const metrics = new Metrics();
  measureProcess(metrics);
  const answers = new Answers(logs.access, new HttpMetrics(metrics, ROUTES));
  const tls = config.tls && loadTls(config.tls);
  const adapter = new FastifyAdapter({
    ...(tls && { https: tls }),
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'correlationId' }),
    genReqId: ({ headers }: IncomingMessage) => requestId(headers[REQUEST_ID_HEADER]),
    // Fastify's own copy of the logger would not follow a change of level.
    childLoggerFactory: (_copy: unknown, bindings: object) => logger.child(bindings),
    bodyLimit: JSON_BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    trustProxy: trustedProxies(config.TRUST_PROXY),
    exposeHeadRoutes: true,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      // No hook runs for these.
      reply.header(REQUEST_ID_HEADER, request.id).header('x-content-type-options', 'nosniff');
      answers.follow(request, reply);
      void sendProblem(error, request, reply);
    },
  });
  const fastify: FastifyInstance = adapter.getInstance();
  fastify.addHook('onRequest', async (request, reply) => {
    reply.header(REQUEST_ID_HEADER, request.id);
    answers.follow(request, reply);
  });
  // Before the hook that refuses, so that refusals have these headers too.
  await fastify.register(helmet, securityHeaders(config));
  if (config.CORS_ORIGINS.length > 0) await fastify.register(cors, corsOptions(config.CORS_ORIGINS));
  denyByDefault(fastify, {
    operators,
    toBoard: (request, needed) => app.get(BoardGate).admit(request, needed),
    client: (client) => app.get(ClientStandings).admit(client),
    countRefusal: (principal, request, reply) => app.get(RefusalLimit).count(principal, request, reply),
  });
  keepRefusals(fastify, () => app.get(RefusalRecord));
  if (config.tls && tls) reloadOnChange(fastify, config.tls, tls, logger);
  closeInOrder(fastify, () => {
    app.get(CaptureWaits).close();
    app.get(EventSubscriptions).close();
  });
  const module = ApiModule.forConfig(config, logs, metrics, operators);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: new NestLogger(logger),
    abortOnError: false,
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
  await app.register(boardPlugin(app.get(STAGE_QUEUE), [DELIVERIES], app.get(ReDrive)), {
    prefix: '/queues',
  });
  app.useGlobalFilters(new ProblemFilter());
  app.useGlobalPipes(validationPipe());
  await app.init();
  await fastify.ready();
  const unserved = unservedRoutes(fastify, config.API_DOCS ? [] : DOCS_ROUTES);
  if (unserved.length > 0)
    throw new Error(`ROUTE_ACCESS names routes that nothing serves: ${unserved.join(', ')}`);
  return app;
}

/** Fastify itself believes nobody where it is told a number of hops, because it cannot know that only proxies reach it; we were told so. */
function trustedProxies(trusted: Config['TRUST_PROXY']) {
  return typeof trusted === 'number' ? (_address: string, hop: number) => hop < trusted : trusted;
}

function requestId(header: string | string[] | undefined): string {
  return typeof header === 'string' && REQUEST_ID.test(header) ? header : randomUUID();
}
