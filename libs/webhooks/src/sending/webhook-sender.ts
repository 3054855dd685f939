import { type Agent, request } from 'undici';
import { AddressRefusedError } from './guarded-agent.js';
import { signedHeaders } from './signature.js';

/**
 * How an attempt ended: taken (2xx), any other status, sent elsewhere (3xx, which nobody follows), never again (410), no complete answer in
 * time, an address that is not allowed, or no connection at all.
 */
export const ATTEMPT_OUTCOMES = [
  'delivered',
  'status',
  'redirect',
  'gone',
  'timeout',
  'address_refused',
  'unreachable',
] as const;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];

export interface WebhookMessage {
  readonly id: string;
  readonly url: string;
  readonly body: string;
  /** In clear; each signs. */
  readonly secrets: readonly string[];
}

export interface AttemptResult {
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly outcome: AttemptOutcome;
  readonly status: number | null;
  /** What the receiver asked for. */
  readonly retryAfterMs: number | null;
}

/** The most of an answer that is read; nobody looks at it. */
const ANSWER_BYTES = 16_384;

/** Makes one attempt at one receiver, and never throws for what the receiver does. */
export class WebhookSender {
  constructor(
    private readonly agent: Agent,
    private readonly settings: { readonly timeoutMs: number; readonly userAgent: string },
  ) {}

  /**
   * @param signal of the job: when it aborts, nothing is known of the attempt
   * @throws the signal's reason
   */
  async send({ id, url, body, secrets }: WebhookMessage, signal: AbortSignal): Promise<AttemptResult> {
    const startedAt = new Date();
    const began = performance.now();
    const end = (
      outcome: AttemptOutcome,
      status: number | null = null,
      retryAfterMs: number | null = null,
    ) => ({
      ...{ startedAt, outcome, status, retryAfterMs },
      durationMs: Math.round(performance.now() - began),
    });
    const timeout = AbortSignal.timeout(this.settings.timeoutMs);
    try {
      const answer = await request(url, {
        method: 'POST',
        body,
        dispatcher: this.agent,
        signal: AbortSignal.any([signal, timeout]),
        headers: {
          ...signedHeaders({ id, body, at: startedAt }, secrets),
          'content-type': 'application/json',
          'user-agent': this.settings.userAgent,
        },
      });
      // The status says it all; a body that breaks off changes nothing.
      await answer.body.dump({ limit: ANSWER_BYTES, signal: timeout }).catch(() => undefined);
      const { statusCode } = answer;
      return end(outcomeOf(statusCode), statusCode, retryAfterOf(answer.headers['retry-after'], startedAt));
    } catch (error) {
      signal.throwIfAborted();
      return end(timeout.aborted ? 'timeout' : outcomeOfError(error));
    }
  }
}

function outcomeOf(status: number): AttemptOutcome {
  if (status >= 200 && status < 300) return 'delivered';
  if (status >= 300 && status < 400) return 'redirect';
  return status === 410 ? 'gone' : 'status';
}

function outcomeOfError(error: unknown): AttemptOutcome {
  if (error instanceof AddressRefusedError) return 'address_refused';
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && /^UND_ERR_\w*TIMEOUT$/.test(code) ? 'timeout' : 'unreachable';
}

/** RFC 9110 §10.2.3: seconds, or a date. */
function retryAfterOf(header: string | string[] | undefined, now: Date): number | null {
  if (typeof header !== 'string') return null;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - now.getTime());
}
