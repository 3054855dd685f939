import type { WebhookEvent } from '../event-types.js';

/** Standard Webhooks asks for no more. */
const MAX_BYTES = 20_000;

/** What is sent and signed: the same bytes at every attempt. @throws RangeError when it is not thin */
export function webhookBody({
  type,
  occurredAt,
  data,
}: Pick<WebhookEvent, 'type' | 'occurredAt' | 'data'>): string {
  const body = JSON.stringify({ type, timestamp: occurredAt.toISOString(), data });
  if (Buffer.byteLength(body) > MAX_BYTES) throw new RangeError(`A webhook has at most ${MAX_BYTES} bytes`);
  return body;
}
