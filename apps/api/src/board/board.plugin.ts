import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import ejs from 'ejs';
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { BoardPass } from '#access';
import type { ReDrive } from '#captures';
import { ProblemError } from '#errors';
import { type Stage, type StageQueue, STAGES, type TaskKind } from '#queue';
import { sendProblem } from '../problem/problem.filter.js';
import { BoardDefinition } from './board-definition.js';
import { BOARD_CSP } from './board-headers.js';

/** Not served, as its answer would be wrong: see `BoardDefinition`. */
const WORKERS = '/api/queues/:queueName/workers';

interface ReadRoute {
  Params: Record<string, string>;
  Querystring: Record<string, string>;
}

/**
 * Bull Board below the plugin's prefix: its pages and everything of its API that reads. What changes a queue is refused whoever asks,
 * but for running failed jobs again, which goes through our own use case.
 */
export function boardPlugin<T>(
  queue: StageQueue,
  kinds: readonly TaskKind<T>[],
  reDrive: ReDrive,
): FastifyPluginAsync {
  const reading = BoardDefinition.of(queue, kinds, { reDrive: false });
  const reDriving = BoardDefinition.of(queue, kinds, { reDrive: true });
  const boardOf = (request: FastifyRequest) => (passOf(request).reDrive ? reDriving : reading);

  return async (fastify) => {
    fastify.setErrorHandler((error, request, reply) => sendProblem(error, request, reply));
    fastify.addHook('onSend', async (_request, reply) => {
      reply.header('content-security-policy', BOARD_CSP);
    });
    await serveAssets(fastify, reading.statics);
    await servePages(fastify, reading, boardOf);
    serveReads(fastify, reading, boardOf, () => queue.ping());
    serveReDrive(fastify, reDrive);
    fastify.route({
      method: ['POST', 'PUT', 'PATCH', 'DELETE'],
      url: '/api/*',
      handler: () => Promise.reject(new ProblemError('board_read_only')),
    });
  };
}

async function serveAssets(fastify: FastifyInstance, root: string): Promise<void> {
  await fastify.register(fastifyStatic, {
    root,
    prefix: '/static/',
    decorateReply: false,
    index: false,
    cacheControl: false,
    setHeaders: (reply) => void reply.header('cache-control', 'private, max-age=3600'),
  });
}

async function servePages(
  fastify: FastifyInstance,
  { views, entry }: BoardDefinition,
  boardOf: (request: FastifyRequest) => BoardDefinition,
): Promise<void> {
  const page = ejs.compile(await ownTemplate(join(views, 'index.ejs')));
  for (const url of [entry.route].flat()) {
    fastify.get(url, async (request, reply) => {
      const { params } = entry.handler({ basePath: fastify.prefix, uiConfig: boardOf(request).uiConfig });
      reply.header('cache-control', 'no-store').type('text/html; charset=utf-8');
      return page(params);
    });
  }
}

/** The page without what it would fetch from elsewhere: an operator's browser tells nobody that this runs here. */
async function ownTemplate(path: string): Promise<string> {
  const template = await readFile(path, 'utf8');
  return template.replace(/<link [^>]*href="https?:[^>]*>/g, '');
}

/** @param ready rejects at once when the queue is away; Bull Board itself would wait for it as long as it takes */
function serveReads(
  fastify: FastifyInstance,
  { routes }: BoardDefinition,
  boardOf: (request: FastifyRequest) => BoardDefinition,
  ready: () => Promise<void>,
): void {
  for (const read of routes.filter(({ method, route }) => method === 'get' && route !== WORKERS)) {
    fastify.get<ReadRoute>(String(read.route), async (request, reply) => {
      await ready();
      const { queues, uiConfig } = boardOf(request);
      const { params, query } = request;
      const asked = { queues, uiConfig, params, query, body: {}, headers: {} };
      const { status = 200, body } = await read.handler(asked);
      if (status >= 400) throw new ProblemError(status === 404 ? 'not_found' : 'validation_failed');
      return reply.status(status).header('cache-control', 'no-store').send(body);
    });
  }
}

function serveReDrive(fastify: FastifyInstance, reDrive: ReDrive): void {
  const order = (request: FastifyRequest) => ({
    operator: passOf(request).operator,
    correlationId: request.id,
  });
  fastify.put<{ Params: { queueName: string; jobId: string } }>(
    '/api/queues/:queueName/:jobId/retry',
    async (request, reply) => {
      const { queueName, jobId } = request.params;
      const found = await reDrive.one(order(request), stageOf(queueName), jobId);
      if (!found) throw new ProblemError('job_not_failed');
      return reply.status(204).send();
    },
  );
  fastify.put<{ Params: { queueName: string } }>('/api/queues/:queueName/retry/failed', (request) =>
    reDrive.all(order(request), stageOf(request.params.queueName)),
  );
}

function passOf({ boardPass }: FastifyRequest): BoardPass {
  if (!boardPass) throw new ProblemError('board_session_required');
  return boardPass;
}

/** @throws ProblemError not_found */
function stageOf(name: string): Stage {
  const stage = STAGES.find((each) => each === name);
  if (!stage) throw new ProblemError('not_found');
  return stage;
}
