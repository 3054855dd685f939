import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the server got, read to its end. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Step = (response: ServerResponse, received: Received) => void;

/** A server on a free port that answers each request by the next step of a script. */
export class ScriptedServer {
  readonly received: Received[] = [];
  private constructor(
    private readonly server: Server,
    private readonly steps: Step[],
  ) {}

  static async start(...steps: Step[]): Promise<ScriptedServer> {
    const server = createServer();
    const scripted = new ScriptedServer(server, steps);
    server.on('request', (request, response) => void scripted.answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return scripted;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const received = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body,
    };
    this.received.push(received);
    const step = this.steps.shift();
    if (step) step(response, received);
    else response.writeHead(500).end('The script is over');
  }
}

/** Answers with JSON. */
export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Step =>
  (response) =>
    void response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify(body));

/** Answers as the API refuses. */
export const problem = (status: number, code: string, headers: Record<string, string> = {}): Step =>
  json(
    status,
    { code, title: code, next: 'do', errorId: 'e-1', status },
    { 'content-type': 'application/problem+json', ...headers },
  );

/** Breaks the connection without an answer. */
export const hangUp: Step = (response) => void response.destroy();

/** Never answers. */
export const silence: Step = () => undefined;

/** Sends this text as an event stream and ends, or breaks the connection behind it. */
export const events =
  (text: string, { broken = false } = {}): Step =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(text, () => (broken ? response.destroy() : response.end()));
  };
