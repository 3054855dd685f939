import { ApiDocument } from '../../support/api-document.js';

export interface CallOptions {
  readonly token?: string;
  readonly json?: unknown;
  readonly body?: NonNullable<RequestInit['body']>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What came back, read to the end. */
export interface Answer<Body = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed JSON body; empty when there is none. */
  readonly body: Body;
  /** The code of a problem, if it is one. */
  readonly code: unknown;
}

/** One request to the API, whatever the answer, as long as the API's document describes it. */
export async function call(url: string, method: string, options?: CallOptions): Promise<Answer> {
  return documented(method, url, await callElsewhere(url, method, options));
}

/** One request to a server that is not the API: a worker, or the operators' own address. */
export async function callElsewhere(url: string, method: string, options: CallOptions = {}): Promise<Answer> {
  const { token, json, body } = options;
  const response = await fetch(url, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(json !== undefined && { 'content-type': 'application/json' }),
      ...options.headers,
    },
    body: json === undefined ? body : JSON.stringify(json),
  });
  return answerOf(response.status, response.headers, await response.text());
}

/** @throws UndocumentedAnswerError */
export function documented(method: string, target: string, answer: Answer): Answer {
  ApiDocument.committed.expect(method, target, answer);
  return answer;
}

export function answerOf(status: number, headers: Headers, text: string): Answer {
  const isJson = /\bjson\b/.test(headers.get('content-type') ?? '') && text !== '';
  const body = isJson ? (JSON.parse(text) as Record<string, unknown>) : {};
  return { status, headers, text, body, code: body['code'] };
}
