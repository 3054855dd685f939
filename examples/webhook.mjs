/** Receives webhooks on PORT and prints what was verified: WEBHOOK_SECRET=whsec_… node webhook.mjs */
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { verifyWebhook, WebhookError } from '@secure-biometric/client';

const { PORT = '9000', WEBHOOK_SECRET } = process.env;
/** Deliveries are at least once: what was seen needs nothing done. In earnest, keep these where they outlive the process. */
const seen = new Set();

const server = createServer(async (request, response) => {
  try {
    const { id, payload } = await verifyWebhook(await buffer(request), request.headers, {
      secret: WEBHOOK_SECRET,
    });
    if (!seen.has(id)) console.log(JSON.stringify({ id, payload }));
    seen.add(id);
    response.writeHead(204).end();
  } catch (error) {
    if (!(error instanceof WebhookError)) console.error(error);
    response.writeHead(error instanceof WebhookError ? 400 : 500).end();
  }
});
server.listen(Number(PORT), '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
