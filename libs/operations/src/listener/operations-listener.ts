import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OperatorToken } from '#access';
import type { Metrics } from '#observability';

const TIMEOUT_MS = 10_000;

export interface Page {
  /** Default 200. */
  readonly status?: number;
  /** Text with its media type, or what becomes JSON. */
  readonly body: { readonly type: string; readonly text: string } | object;
}

/** A page that anybody may read, or only operators. */
export interface OperationsPage {
  readonly forOperators: boolean;
  readonly read: () => Promise<Page>;
}

export function metricsPage(metrics: Metrics): OperationsPage {
  const read = async () => ({ body: { type: metrics.contentType, text: await metrics.text() } });
  return { forOperators: true, read };
}

export interface OperationsListenerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Where one is set it is needed for the operators' pages; else whoever reaches this address may read them. */
  readonly operators: OperatorToken;
  /** By path. */
  readonly pages: Readonly<Record<string, OperationsPage>>;
  readonly onError: (error: unknown) => void;
}

/** A small HTTP server of a process's own for probes and Prometheus: it knows a few pages and takes nothing in. */
export class OperationsListener {
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  /** @throws the system's error when the address cannot be listened on */
  static async open(options: OperationsListenerOptions): Promise<OperationsListener> {
    const server = createServer((request, response) => {
      answer(options, request, response).catch((error: unknown) => {
        options.onError(error);
        if (!response.headersSent) send(response, { status: 500, body: {} });
      });
    });
    server.requestTimeout = TIMEOUT_MS;
    server.headersTimeout = TIMEOUT_MS;
    server.listen(options.port, options.host);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const host = options.host.includes(':') ? `[${options.host}]` : options.host;
    return new OperationsListener(server, `http://${host}:${port}`);
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }
}

async function answer(
  { pages, operators }: OperationsListenerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? '').split('?', 1)[0] as string;
  const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
  if (!page) return send(response, { status: 404, body: {} });
  if (request.method !== 'GET' && request.method !== 'HEAD') return send(response, { status: 405, body: {} });
  if (page.forOperators && operators.isSet && !operators.admits(request.headers.authorization)) {
    response.setHeader('www-authenticate', 'Bearer');
    return send(response, { status: 401, body: {} });
  }
  send(response, await page.read());
}

/** Node leaves the body out of an answer to HEAD. */
function send(response: ServerResponse, { status = 200, body }: Page): void {
  const { type, text } = isText(body) ? body : { type: 'application/json', text: JSON.stringify(body) };
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(text);
}

function isText(body: Page['body']): body is { type: string; text: string } {
  return 'text' in body && typeof body.text === 'string' && 'type' in body;
}
