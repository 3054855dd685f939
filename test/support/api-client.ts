import {
  type Capture,
  type CaptureState,
  type ClientOptions,
  type Consent,
  type CreateCaptureRequest,
  type CreatedCapture,
  type ErasureReport,
  SecureBiometricClient,
  type StartedCapture,
  type Subject,
  WaitTimeoutError,
} from '#client';
import { ApiDocument } from './api-document.js';

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

const ENDED_DEADLINE_MS = 120_000;

/**
 * The product's own client, as the tests use it: every answer is held against the API's document, and nothing is tried a second time, so
 * that no test misses a refusal. `send` takes any answer.
 */
export class ApiClient {
  private readonly sdk: SecureBiometricClient;
  /** Tries again as the client does by default: for waiting while processes die. */
  private readonly patient: SecureBiometricClient;
  private undocumented: Error | undefined;

  constructor(
    readonly baseUrl: string,
    /** Bearer token: a client's access token or a capture credential; empty sends none. */
    readonly token: string,
  ) {
    const options = { baseUrl, token, fetch: this.fetch.bind(this) } satisfies ClientOptions;
    this.sdk = new SecureBiometricClient({ ...options, attempts: 1 });
    this.patient = new SecureBiometricClient({ ...options, attempts: Infinity });
  }

  /** Client credentials grant. @param scope space-separated; default all of the client */
  static async login(baseUrl: string, credentials: Credentials, scope?: string): Promise<ApiClient> {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: credentials.clientId,
      client_secret: credentials.clientSecret,
      ...(scope !== undefined && { scope }),
    });
    const path = '/v1/oauth/token';
    const { status, body: grant } = await new ApiClient(baseUrl, '').send<{ access_token: string }>(
      'POST',
      path,
      body,
    );
    if (status !== 200) throw new Error(`POST ${path}: ${status} ${JSON.stringify(grant)}`);
    return new ApiClient(baseUrl, grant.access_token);
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

  /** A file, in whatever form the answer brings it. @throws ProblemError */
  download(path: string): Promise<Reply<Buffer>> {
    return this.documented(async () => {
      const response = await this.sdk.call({ method: 'GET', path });
      const body = Buffer.from(await response.arrayBuffer());
      return { status: response.status, headers: response.headers, body };
    });
  }

  /** @returns the new subject's id */
  async subject(): Promise<string> {
    return (await this.documented(() => this.sdk.createSubject())).id;
  }

  readSubject(id: string): Promise<Subject> {
    return this.documented(() => this.sdk.readSubject(id));
  }

  erase(id: string): Promise<ErasureReport> {
    return this.documented(() => this.sdk.eraseSubject(id));
  }

  /** @returns the consent's id */
  async consent(subjectId: string, purpose: Consent['purpose'], noticeVersion = '1'): Promise<string> {
    return (await this.documented(() => this.sdk.giveConsent(subjectId, { purpose, noticeVersion }))).id;
  }

  withdraw(subjectId: string, consentId: string): Promise<void> {
    return this.documented(() => this.sdk.withdrawConsent(subjectId, consentId));
  }

  /** A subject that consented to everything. */
  async consentingSubject(): Promise<string> {
    const id = await this.subject();
    for (const purpose of ['enrolment', 'verification', 'liveness'] as const) await this.consent(id, purpose);
    return id;
  }

  create(command: CreateCaptureRequest): Promise<CreatedCapture> {
    return this.documented(() => this.sdk.createCapture(command));
  }

  start(captureId: string): Promise<StartedCapture> {
    return this.documented(() => this.sdk.startCapture(captureId));
  }

  /** Creates and starts a capture. @returns its id */
  async started(command: CreateCaptureRequest): Promise<string> {
    const { id } = await this.create(command);
    await this.start(id);
    return id;
  }

  /** One multipart request with all frames, whatever the answer. */
  sendFrames<T = Problem>(captureId: string, frames: readonly Uint8Array[]): Promise<Reply<T>> {
    return this.send<T>('POST', `/v1/captures/${captureId}/frames`, framesForm(frames));
  }

  async submit(captureId: string, frames: readonly Uint8Array[]): Promise<void> {
    await this.documented(() => this.sdk.submitFrames(captureId, frames));
  }

  /** Creates, starts and submits a capture. @returns its id */
  async submitted(command: CreateCaptureRequest, frames: readonly Uint8Array[]): Promise<string> {
    const id = await this.started(command);
    await this.submit(id, frames);
    return id;
  }

  /** @param waitSeconds for the end of the capture; default none */
  read(captureId: string, waitSeconds = 0): Promise<Capture> {
    return this.documented(() => this.sdk.readCapture(captureId, { waitSeconds }));
  }

  cancel(captureId: string): Promise<void> {
    return this.documented(() => this.sdk.cancelCapture(captureId));
  }

  /** Waits until the capture has ended, in whatever way. @throws Error that says which stages are missing */
  async ended(captureId: string, deadlineMs = ENDED_DEADLINE_MS): Promise<Capture> {
    const stages = new Map<string, string>();
    let state: CaptureState | undefined;
    const wait = this.documented(() =>
      this.patient.waitForCapture(captureId, {
        deadlineMs,
        onEvent: ({ kind, data }) => {
          if (kind === 'stage') stages.set(data.stage, data.status);
          if (kind === 'state') state = data.state;
        },
      }),
    );
    return wait.catch((error: unknown) => {
      if (!(error instanceof WaitTimeoutError)) throw error;
      const known = [...stages].map((each) => each.join(' ')).join(', ');
      throw new Error(`Capture ${captureId} is ${state ?? 'unread'} (${known})`, { cause: error });
    });
  }

  /** Waits until the capture is decided. @throws Error when it ends otherwise */
  async decided(captureId: string, deadlineMs = ENDED_DEADLINE_MS): Promise<DecidedView> {
    const view = await this.ended(captureId, deadlineMs);
    if (!view.decision) throw new Error(`Capture ${captureId} ended ${view.state} without a decision`);
    return view as DecidedView;
  }

  /** Kept until the call is over: what fetch throws the client would take for trouble of the network. */
  private async fetch(...[input, init]: Parameters<typeof fetch>): Promise<Response> {
    const response = await fetch(input, init);
    if (response.headers.get('content-type') === 'text/event-stream') return response;
    const text = await response.clone().text();
    try {
      const { status, headers } = response;
      ApiDocument.committed.expect(init?.method ?? 'GET', input as string, { status, headers, text });
    } catch (error) {
      this.undocumented = error as Error;
    }
    return response;
  }

  private async documented<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } finally {
      if (this.undocumented) throw this.undocumented;
    }
  }
}

export type DecidedView = Capture & { decision: NonNullable<Capture['decision']> };

export function framesForm(frames: readonly Uint8Array[]): FormData {
  const form = new FormData();
  frames.forEach((bytes, index) =>
    form.append('frames', new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' }), `${index}.jpg`),
  );
  return form;
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return { text };
  }
}
