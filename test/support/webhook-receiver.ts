import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

/** One request that reached the receiver, and whether it was taken (2xx). */
export interface Reception {
  readonly id: string;
  readonly type: string;
  readonly captureId: string;
  readonly body: string;
  readonly signatures: number;
  readonly taken: boolean;
}

/** How a receiver answers the how-manieth request of an event; true when it was taken. */
export type Manner = (
  reception: { readonly id: string; readonly nth: number },
  response: ServerResponse,
) => boolean;

export const take: Manner = (_, response) => {
  response.writeHead(204).end();
  return true;
};

/** A relying party's server: verifies what comes with the official library before it answers, in its own manner. */
export class WebhookReceiver {
  readonly receptions: Reception[] = [];
  /** What the official library refused. */
  readonly refused: string[] = [];
  secrets: readonly string[] = [];
  private server: Server | undefined;
  private port = 0;

  constructor(public manner: Manner = take) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`;
  }

  /** Ids of the events that were taken. */
  get taken(): Set<string> {
    return new Set(this.receptions.filter(({ taken }) => taken).map(({ id }) => id));
  }

  /** Listens, at the same address as before when it did before. */
  async start(): Promise<this> {
    this.server = createServer((request, response) => void this.receive(request, response));
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
    return this;
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    server?.closeAllConnections();
    await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks = await request
      .setEncoding('utf8')
      .toArray()
      .catch(() => undefined);
    // The sender gave up before its request was here.
    if (!chunks) return;
    const body = chunks.join('');
    const headers = request.headers as Record<string, string>;
    const valid = this.secrets.filter((secret) => isValid(secret, body, headers)).length;
    if (valid === 0) {
      this.refused.push(body);
      response.writeHead(401).end();
      return;
    }
    const { type, data } = JSON.parse(body) as { type: string; data: { captureId: string } };
    const id = String(headers['webhook-id']);
    const nth = this.receptions.filter((each) => each.id === id).length + 1;
    const signatures = String(headers['webhook-signature']).split(' ').length;
    const index = this.receptions.push({
      id,
      type,
      body,
      signatures,
      captureId: data.captureId,
      taken: false,
    });
    const taken = this.manner({ id, nth }, response);
    this.receptions[index - 1] = { ...(this.receptions[index - 1] as Reception), taken };
  }
}

function isValid(secret: string, body: string, headers: Record<string, string>): boolean {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
}
