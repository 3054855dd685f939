// A receiver of webhooks: verifies first, answers at once, and knows an event that comes again.
// WEBHOOK_SECRET=whsec_… PORT=4000 node docs/examples/webhook-receiver.mjs [--once]
import { createServer } from 'node:http';
import { Webhook } from 'standardwebhooks';

const webhook = new Webhook(process.env.WEBHOOK_SECRET);
const seen = new Set(); // In earnest: a unique column of your database.

const server = createServer(async (request, response) => {
  const body = (await request.setEncoding('utf8').toArray()).join('');
  let event;
  try {
    event = webhook.verify(body, request.headers); // The body as it came, not parsed and written anew.
  } catch {
    response.writeHead(401).end();
    return;
  }
  response.writeHead(204).end();
  const id = request.headers['webhook-id'];
  if (seen.has(id)) return;
  seen.add(id);
  console.log(event.type, event.data.captureId ?? event.data.endpointId);
  if (process.argv.includes('--once')) server.close();
});
server.keepAliveTimeout = 1;
server.listen(Number(process.env.PORT ?? 4000), '127.0.0.1');
