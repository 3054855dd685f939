import type { FastifyInstance } from 'fastify';

/**
 * Answers what waits before the server closes, and ends the connection with every answer from then on: kept alive after it, a
 * connection would hold the close of the server back until it times out.
 */
export function closeInOrder(fastify: FastifyInstance, endWaits: () => void): void {
  let closing = false;
  fastify.addHook('preClose', (done) => {
    closing = true;
    endWaits();
    done();
  });
  fastify.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close');
  });
}
