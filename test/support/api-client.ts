import type { CaptureView, CreateCaptureCommand, CreatedCapture, StartedCapture } from '#captures';
import type { ErasureReport, SubjectView } from '#subjects';
import { ApiDocument } from './api-document.js';
import { until } from './wait.js';

/** A value as it arrives in JSON: dates are strings. */
export type Wire<T> = T extends Date ? string : T extends object ? { [Key in keyof T]: Wire<T[Key]> } : T;

/** RFC 9457 problem details, as every refusal carries them. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly title?: string;
  readonly detail?: string;
}

/** Any answer, read to its end. */
export interface Reply<T> {
  readonly status: number;
  readonly headers: Headers;
  /** Undefined when the body was empty; `text` when it was no JSON. */
  readonly body: T;
}

export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** An answer other than 2xx to a call that expected success. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    readonly call: string,
    readonly status: number,
    readonly problem: Problem,
  ) {
    super(`${call}: ${status} ${problem?.code ?? 'without problem details'} ${problem?.detail ?? ''}`);
  }
}

/** Short enough that a long-poll whose process dies delays no test for long. */
const WAIT_SECONDS = 5;
const ENDED: readonly CaptureView['state'][] = ['decided', 'expired', 'cancelled'];

/** The public API of one process with one bearer token. Named methods throw ApiError on refusal; `send` never does. */
export class ApiClient {
  constructor(
    readonly baseUrl: string,
    /** Bearer token: a client's access token or a capture credential; empty sends none. */
    readonly token: string,
  ) {}

  /** Client credentials grant. @param scope space-separated; default all of the client */
  static async login(baseUrl: string, credentials: Credentials, scope?: string): Promise<ApiClient> {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: credentials.clientId,
      client_secret: credentials.clientSecret,
      ...(scope !== undefined && { scope }),
    });
    const path = '/v1/oauth/token';
    const reply = await new ApiClient(baseUrl, '').send<{ access_token: string }>('POST', path, body);
    return new ApiClient(baseUrl, expectSuccess(`POST ${path}`, reply).access_token);
  }

  /** The same token against another API process. */
  at(baseUrl: string): ApiClient {
    return new ApiClient(baseUrl, this.token);
  }

  /** One request, whatever the answer, as long as the API's document describes it. A plain object is sent as JSON, FormData and URLSearchParams as they are. */
  async send<T = Problem>(
    method: string,
    path: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Reply<T>> {
    const asIs = body === undefined || body instanceof FormData || body instanceof URLSearchParams;
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      headers: {
        ...(this.token && { authorization: `Bearer ${this.token}` }),
        ...(!asIs && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: asIs ? body : JSON.stringify(body),
    });
    const { status, headers: received } = response;
    const text = await response.text();
    ApiDocument.committed.expect(method, path, { status, headers: received, text });
    return { status, headers: received, body: parse(text) as T };
  }

  /** A file, in whatever form the answer brings it. @throws ApiError */
  async download(path: string): Promise<Reply<Buffer>> {
    const response = await fetch(`${this.baseUrl}${path}`, {
      headers: { authorization: `Bearer ${this.token}` },
    });
    const { status, headers } = response;
    const body = Buffer.from(await response.arrayBuffer());
    ApiDocument.committed.expect('GET', path, { status, headers, text: body.toString() });
    if (!response.ok) throw new ApiError(`GET ${path}`, status, parse(body.toString()) as Problem);
    return { status, headers, body };
  }

  /** @returns the new subject's id */
  async subject(): Promise<string> {
    return (await this.call<SubjectView>('POST', '/v1/subjects')).id;
  }

  readSubject(id: string): Promise<Wire<SubjectView>> {
    return this.call('GET', `/v1/subjects/${id}`);
  }

  erase(id: string): Promise<Wire<ErasureReport>> {
    return this.call('DELETE', `/v1/subjects/${id}`);
  }

  /** @returns the consent's id */
  async consent(subjectId: string, purpose: CaptureView['purpose'], noticeVersion = '1'): Promise<string> {
    const path = `/v1/subjects/${subjectId}/consents`;
    return (await this.call<{ id: string }>('POST', path, { purpose, noticeVersion })).id;
  }

  async withdraw(subjectId: string, consentId: string): Promise<void> {
    await this.call('DELETE', `/v1/subjects/${subjectId}/consents/${consentId}`);
  }

  /** A subject that consented to everything. */
  async consentingSubject(): Promise<string> {
    const id = await this.subject();
    for (const purpose of ['enrolment', 'verification', 'liveness'] as const) await this.consent(id, purpose);
    return id;
  }

  create(command: CreateCaptureCommand): Promise<Wire<CreatedCapture>> {
    return this.call('POST', '/v1/captures', command);
  }

  start(captureId: string): Promise<Wire<StartedCapture>> {
    return this.call('POST', `/v1/captures/${captureId}/start`);
  }

  /** Creates and starts a capture. @returns its id */
  async started(command: CreateCaptureCommand): Promise<string> {
    const { id } = await this.create(command);
    await this.start(id);
    return id;
  }

  /** One multipart request with all frames, whatever the answer. */
  sendFrames<T = Problem>(captureId: string, frames: readonly Uint8Array[]): Promise<Reply<T>> {
    return this.send<T>('POST', `/v1/captures/${captureId}/frames`, framesForm(frames));
  }

  async submit(captureId: string, frames: readonly Uint8Array[]): Promise<void> {
    const reply = await this.sendFrames<unknown>(captureId, frames);
    expectSuccess('submit', reply);
    if (reply.status !== 202) throw new Error(`A submission was answered with ${reply.status}, not 202`);
  }

  /** Creates, starts and submits a capture. @returns its id */
  async submitted(command: CreateCaptureCommand, frames: readonly Uint8Array[]): Promise<string> {
    const id = await this.started(command);
    await this.submit(id, frames);
    return id;
  }

  /** @param waitSeconds for the end of the capture; default none */
  read(captureId: string, waitSeconds = 0): Promise<Wire<CaptureView>> {
    return this.call('GET', `/v1/captures/${captureId}?wait=${waitSeconds}`);
  }

  async cancel(captureId: string): Promise<void> {
    await this.call('DELETE', `/v1/captures/${captureId}`);
  }

  /** Long-polls until the capture has ended, in whatever way. */
  async ended(captureId: string, deadlineMs = 45_000): Promise<Wire<CaptureView>> {
    let last: Wire<CaptureView> | undefined;
    const poll = async (): Promise<boolean> => {
      last = await this.read(captureId, WAIT_SECONDS);
      return ENDED.includes(last.state);
    };
    await until(poll, { deadlineMs }).catch((error: unknown) => {
      const stages = last?.stages.map(({ stage, status }) => `${stage} ${status}`).join(', ');
      throw new Error(`Capture ${captureId} is ${last?.state ?? 'unread'} (${stages ?? ''})`, {
        cause: error,
      });
    });
    return last as Wire<CaptureView>;
  }

  /** Long-polls until the capture is decided. @throws Error when it ends otherwise */
  async decided(captureId: string, deadlineMs = 45_000): Promise<DecidedView> {
    const view = await this.ended(captureId, deadlineMs);
    if (!view.decision) throw new Error(`Capture ${captureId} ended ${view.state} without a decision`);
    return view as DecidedView;
  }

  private async call<T>(method: string, path: string, body?: object): Promise<Wire<T>> {
    return expectSuccess(`${method} ${path}`, await this.send<Wire<T>>(method, path, body));
  }
}

export type DecidedView = Wire<CaptureView> & { decision: NonNullable<Wire<CaptureView>['decision']> };

export function framesForm(frames: readonly Uint8Array[]): FormData {
  const form = new FormData();
  frames.forEach((bytes, index) =>
    form.append('frames', new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' }), `${index}.jpg`),
  );
  return form;
}

function expectSuccess<T>(call: string, { status, body }: Reply<T>): T {
  if (status >= 200 && status < 300) return body;
  throw new ApiError(call, status, body as unknown as Problem);
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return { text };
  }
}
