import { pause } from './pause.js';
import { ConnectionError, problemOf, retryAfterOf } from './problem-error.js';

export interface TransportOptions {
  /** Address of the API, without a path. */
  readonly baseUrl: string;
  /** Instead of the runtime's own. */
  readonly fetch?: typeof fetch;
  /** Milliseconds for one attempt; default 15 s. */
  readonly timeoutMs?: number;
  /** Milliseconds for a call with all its attempts; default 60 s. */
  readonly deadlineMs?: number;
  /** How often a call is sent at most; default 5. */
  readonly attempts?: number;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: NonNullable<RequestInit['body']>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Whether it does no harm twice, so that it is sent again when no answer came. GET and DELETE always are. */
  readonly repeatable?: boolean;
  /** Milliseconds that the API may take on purpose. */
  readonly waitMs?: number;
}

const TIMEOUT_MS = 15_000;
const DEADLINE_MS = 60_000;
const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4_000;
const REFUSED_BEFORE_WORK = [429, 503];
/** Of the refusals of that status only `idempotency_in_flight` says when to come back. */
const IN_FLIGHT = 409;
const FROM_A_PROXY = [502, 504];

/** Sends requests with a deadline each, and again where that is harmless: as the API says after 429 and 503, else with growing pauses. */
export class Transport {
  private readonly fetch: typeof fetch;

  constructor(private readonly options: TransportOptions) {
    // A browser's fetch must not be called as somebody's method.
    this.fetch = options.fetch ?? ((...args) => fetch(...args));
  }

  /** @returns an answer that is ok, or a refusal that trying again does not change @throws ConnectionError, or the signal's reason */
  async send(call: Call): Promise<Response> {
    const deadline = Date.now() + (this.options.deadlineMs ?? DEADLINE_MS) + (call.waitMs ?? 0);
    const repeatable = call.method !== 'POST' || call.repeatable === true;
    for (let attempt = 0; ; attempt++) {
      const isLast = attempt + 1 >= (this.options.attempts ?? ATTEMPTS);
      const result = await this.attempt(call, deadline).catch((error: unknown) => error);
      call.signal?.throwIfAborted();
      const pauseMs = isLast ? undefined : pauseAfter(result, repeatable, attempt);
      if (pauseMs !== undefined && Date.now() + pauseMs < deadline) {
        if (result instanceof Response) await result.body?.cancel();
        await pause(pauseMs, call.signal);
        continue;
      }
      if (result instanceof Response) return result;
      throw new ConnectionError(`${call.method} ${call.path}`, result);
    }
  }

  /** @throws ProblemError, ConnectionError, or the signal's reason */
  async succeed(call: Call): Promise<Response> {
    const response = await this.send(call);
    if (response.ok) return response;
    throw await problemOf(`${call.method} ${call.path}`, response);
  }

  /** One connection without a time limit of its own, for reading a stream. */
  open(path: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Response> {
    return this.fetch(this.url(path), { headers, signal });
  }

  private attempt(call: Call, deadline: number): Promise<Response> {
    const timeoutMs = (this.options.timeoutMs ?? TIMEOUT_MS) + (call.waitMs ?? 0);
    const timeout = AbortSignal.timeout(Math.max(1, Math.min(timeoutMs, deadline - Date.now())));
    return this.fetch(this.url(call.path), {
      method: call.method,
      headers: call.headers,
      body: call.body,
      signal: call.signal ? AbortSignal.any([call.signal, timeout]) : timeout,
    });
  }

  private url(path: string): string {
    return `${this.options.baseUrl.replace(/\/+$/, '')}${path}`;
  }
}

/** Undefined when trying again is of no use, or might do the same deed twice. */
function pauseAfter(result: unknown, repeatable: boolean, attempt: number): number | undefined {
  const backOff = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt) * (0.5 + Math.random() / 2);
  if (!(result instanceof Response)) return repeatable ? backOff : undefined;
  if (REFUSED_BEFORE_WORK.includes(result.status)) {
    const seconds = retryAfterOf(result);
    return seconds === undefined ? backOff : Math.max(seconds * 1_000, backOff);
  }
  // The attempt before, whose answer was lost, is still being handled: it is refused until that ends, and then answered.
  if (result.status === IN_FLIGHT && repeatable) {
    const seconds = retryAfterOf(result);
    return seconds === undefined ? undefined : Math.max(seconds * 1_000, backOff);
  }
  return FROM_A_PROXY.includes(result.status) && repeatable ? backOff : undefined;
}
