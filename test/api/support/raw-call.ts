import { request } from 'node:http';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type Answer, answerOf, documented } from './call.js';

/** Sends a request target as it stands: no URL parser tidies it up on the way, as fetch would. */
export async function rawCall(
  base: string,
  method: string,
  target: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const { hostname, port } = new URL(base);
  const sent = request({ hostname, port, method, path: target, headers, agent: false });
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return readAnswer(method, target, response);
}

export async function readAnswer(method: string, target: string, response: IncomingMessage): Promise<Answer> {
  const text = (await response.setEncoding('utf8').toArray()).join('');
  const headers = Object.entries(response.headers).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  return documented(method, target, answerOf(response.statusCode ?? 0, new Headers(headers), text));
}
