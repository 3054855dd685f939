import type { JSONWebKeySet } from 'jose';
import { type CaptureEvent, captureEvents } from './capture-events.js';
import { ClientCredentials, fixedToken, type TokenSource } from './credentials.js';
import { problemOf, ProblemError, WaitTimeoutError } from './problem-error.js';
import { pause } from './pause.js';
import { type Call, Transport, type TransportOptions } from './transport.js';
import {
  type Capture,
  type CaptureSummary,
  type Consent,
  type ConsentRequest,
  type CreateCaptureRequest,
  type CreatedCapture,
  type ErasureReport,
  isEnded,
  type operations,
  type StartedCapture,
  type Subject,
  type SubmittedCapture,
} from './types.js';

/** Who is calling: a service with its id and secret, or the holder of a token, such as a capture credential. */
export type Credentials =
  | { readonly clientId: string; readonly clientSecret: string; readonly scope?: string }
  | { readonly token: string };

export type ClientOptions = TransportOptions & Credentials;

/** Ends a call before it is answered. */
export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface CreateOptions extends CallOptions {
  /** Names the deed, so that sending it again does it once; drawn at random when absent. */
  readonly idempotencyKey?: string;
}

export interface WaitOptions extends CallOptions {
  /** Milliseconds; default ten minutes. */
  readonly deadlineMs?: number;
  /** Called with everything that happens meanwhile, where the way to the API lets events through. */
  readonly onEvent?: (event: CaptureEvent) => void;
}

export type CaptureFilter = NonNullable<operations['listCaptures']['parameters']['query']>;

const WAIT_DEADLINE_MS = 600_000;
const LONG_POLL_SECONDS = 20;
/** Between two long-polls, should one be answered early. */
const POLL_PAUSE_MS = 500;

/** The API of an installation, for a relying party's service or, with a capture credential, for the page with the camera. */
export class SecureBiometricClient {
  private readonly transport: Transport;
  private readonly tokens: TokenSource;

  constructor(options: ClientOptions) {
    this.transport = new Transport(options);
    this.tokens =
      'token' in options ? fixedToken(options.token) : new ClientCredentials(this.transport, options);
  }

  /**
   * Exchanges the one-time code of a page's link for a client of that one capture: it can start, submit and read it, and nothing else.
   * @throws ProblemError `page_code_invalid` when it was used before
   */
  static async forPage(
    options: TransportOptions & CallOptions & { readonly pageCode: string },
  ): Promise<{ readonly client: SecureBiometricClient; readonly captureId: string }> {
    const { pageCode, signal, ...transport } = options;
    const response = await new Transport(transport).succeed({
      method: 'POST',
      path: '/v1/capture-credentials',
      ...jsonBody({ code: pageCode }),
      signal,
    });
    const { credential, captureId } = (await response.json()) as { credential: string; captureId: string };
    return { client: new SecureBiometricClient({ ...transport, token: credential }), captureId };
  }

  createSubject(options?: CreateOptions): Promise<Subject> {
    return this.create('/v1/subjects', undefined, options);
  }

  readSubject(id: string, options?: CallOptions): Promise<Subject> {
    return this.read(`/v1/subjects/${encodeURIComponent(id)}`, options);
  }

  /** Erases the subject and everything known of them. */
  async eraseSubject(id: string, options?: CallOptions): Promise<ErasureReport> {
    const path = `/v1/subjects/${encodeURIComponent(id)}`;
    return (await this.call({ method: 'DELETE', path, ...options })).json() as Promise<ErasureReport>;
  }

  giveConsent(subjectId: string, consent: ConsentRequest, options?: CreateOptions): Promise<Consent> {
    return this.create(`/v1/subjects/${encodeURIComponent(subjectId)}/consents`, consent, options);
  }

  async withdrawConsent(subjectId: string, consentId: string, options?: CallOptions): Promise<void> {
    const path = `/v1/subjects/${encodeURIComponent(subjectId)}/consents/${encodeURIComponent(consentId)}`;
    await this.call({ method: 'DELETE', path, ...options });
  }

  createCapture(request: CreateCaptureRequest, options?: CreateOptions): Promise<CreatedCapture> {
    return this.create('/v1/captures', request, options);
  }

  /** Reveals the challenge, once: it is never sent again by itself, because the second time is refused. */
  async startCapture(id: string, options?: CallOptions): Promise<StartedCapture> {
    const response = await this.call({ method: 'POST', path: capturePath(id, '/start'), ...options });
    return response.json() as Promise<StartedCapture>;
  }

  /** Submits 5 to 12 pictures (JPEG, PNG or WebP) in order; the very same ones may be sent again. */
  async submitFrames(
    id: string,
    frames: readonly (Blob | Uint8Array)[],
    options?: CallOptions,
  ): Promise<SubmittedCapture> {
    const body = new FormData();
    frames.forEach((frame, index) =>
      body.append(
        'frames',
        frame instanceof Blob ? frame : new Blob([new Uint8Array(frame)]),
        `frame-${index}`,
      ),
    );
    const path = capturePath(id, '/frames');
    const response = await this.call({ method: 'POST', path, body, repeatable: true, ...options });
    return response.json() as Promise<SubmittedCapture>;
  }

  /** @param options `waitSeconds`: how long the API may wait for the end of the capture, 0 to 30; default not */
  readCapture(id: string, options: CallOptions & { readonly waitSeconds?: number } = {}): Promise<Capture> {
    const { waitSeconds = 0, signal } = options;
    return this.read(capturePath(id, `?wait=${waitSeconds}`), { signal, waitMs: waitSeconds * 1_000 });
  }

  /** All captures that pass the filter, newest first, fetched page by page as they are asked for. */
  async *listCaptures(
    filter: Omit<CaptureFilter, 'cursor'> = {},
    options?: CallOptions,
  ): AsyncGenerator<CaptureSummary, void> {
    const query = new URLSearchParams();
    for (const [key, value] of Object.entries(filter)) if (value !== undefined) query.set(key, String(value));
    for (;;) {
      const page: { items: readonly CaptureSummary[]; nextCursor: string | null } = await this.read(
        `/v1/captures?${query.toString()}`,
        options,
      );
      yield* page.items;
      if (page.nextCursor === null) return;
      query.set('cursor', page.nextCursor);
    }
  }

  async cancelCapture(id: string, options?: CallOptions): Promise<void> {
    await this.call({ method: 'DELETE', path: capturePath(id), ...options });
  }

  /** What happens to the capture, each event once and in order, until it has ended; see `waitForCapture` for a wait that never fails for streams. */
  followCapture(id: string, { signal }: CallOptions = {}): AsyncGenerator<CaptureEvent, void> {
    const path = capturePath(id, '/events');
    const open = async (after: number, ends: AbortSignal): Promise<Response> => {
      const headers = { accept: 'text/event-stream', ...(after > 0 && { 'last-event-id': String(after) }) };
      return this.authorised(
        (authorization) => this.transport.open(path, { ...headers, ...authorization }, ends),
        ends,
      );
    };
    return captureEvents(`GET ${path}`, open, signal);
  }

  /**
   * Waits until the capture is decided, expired or cancelled: by its events where they come through, else by long-poll.
   * @returns the capture as it ended: only `decision.outcome === 'accepted'` means yes
   * @throws WaitTimeoutError, ProblemError, ConnectionError, or the signal's reason
   */
  async waitForCapture(id: string, options: WaitOptions = {}): Promise<Capture> {
    const { onEvent, deadlineMs = WAIT_DEADLINE_MS } = options;
    const timeout = AbortSignal.timeout(deadlineMs);
    const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
    let last: Capture | undefined;
    try {
      await this.followQuietly(id, signal, onEvent);
      for (;;) {
        last = await this.readCapture(id, { waitSeconds: LONG_POLL_SECONDS, signal });
        if (isEnded(last.state)) return last;
        await pause(POLL_PAUSE_MS, signal);
      }
    } catch (error) {
      if (timeout.aborted && !options.signal?.aborted) throw new WaitTimeoutError(id, last?.state);
      throw error;
    }
  }

  /** The decision as a signed statement; see `verifyReceipt`. */
  async readReceipt(id: string, options?: CallOptions): Promise<string> {
    return (await this.call({ method: 'GET', path: capturePath(id, '/receipt'), ...options })).text();
  }

  /** The public keys of receipts, to be kept for verifying offline. */
  async receiptKeys(options?: CallOptions): Promise<JSONWebKeySet> {
    const path = '/.well-known/receipt-jwks.json';
    return (
      await this.transport.succeed({ method: 'GET', path, ...options })
    ).json() as Promise<JSONWebKeySet>;
  }

  /** Any call of the API, with its token, deadline and retries. @throws ProblemError, ConnectionError, or the signal's reason */
  async call(call: Call): Promise<Response> {
    const response = await this.authorised(
      (authorization) => this.transport.send({ ...call, headers: { ...call.headers, ...authorization } }),
      call.signal,
    );
    if (response.ok) return response;
    throw await problemOf(`${call.method} ${call.path}`, response);
  }

  /** Once more with another token where the first one was refused: its key may have been rotated, its client's token revoked. */
  private async authorised(
    send: (headers: Record<string, string>) => Promise<Response>,
    signal?: AbortSignal,
  ): Promise<Response> {
    const token = await this.tokens.token(signal);
    const response = await send({ authorization: `Bearer ${token}` });
    if (response.status !== 401 || !this.tokens.refused(token)) return response;
    await response.body?.cancel();
    return send({ authorization: `Bearer ${await this.tokens.token(signal)}` });
  }

  private async read<T>(path: string, options: CallOptions & { waitMs?: number } = {}): Promise<T> {
    return (await this.call({ method: 'GET', path, ...options })).json() as Promise<T>;
  }

  private async create<T>(path: string, body: object | undefined, options: CreateOptions = {}): Promise<T> {
    const { idempotencyKey = crypto.randomUUID(), signal } = options;
    const json = jsonBody(body);
    const headers = { ...json.headers, 'idempotency-key': idempotencyKey };
    const response = await this.call({ method: 'POST', path, ...json, headers, repeatable: true, signal });
    return response.json() as Promise<T>;
  }

  /** Follows to the end, or until the events stop coming through; what the capture is, is read afterwards in either case. */
  private async followQuietly(
    id: string,
    signal: AbortSignal,
    onEvent: (event: CaptureEvent) => void = () => undefined,
  ): Promise<void> {
    const events = this.followCapture(id, { signal });
    try {
      for (;;) {
        const next = await events.next().catch((error: unknown) => {
          signal.throwIfAborted();
          if (error instanceof ProblemError && (error.status === 401 || error.status === 403)) throw error;
          return null;
        });
        if (next === null || next.done) return;
        onEvent(next.value);
      }
    } finally {
      await events.return();
    }
  }
}

function capturePath(id: string, rest = ''): string {
  return `/v1/captures/${encodeURIComponent(id)}${rest}`;
}

function jsonBody(body: object | undefined): Pick<Call, 'body' | 'headers'> {
  return body === undefined
    ? {}
    : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
}
