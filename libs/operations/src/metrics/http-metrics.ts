import { ERROR_CODES, type ErrorCode } from '#errors';
import type { Metrics } from '#observability';

/** Methods of our routes; any other is counted as one. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
/** What proxies count a request as whose caller hung up before the answer was out; nobody receives it. */
export const CALLER_GONE = 499;
/** Statuses of success, and those that refusals have. */
const STATUSES = [
  ...new Set([
    '200',
    '201',
    '202',
    '204',
    '302',
    '304',
    '400',
    String(CALLER_GONE),
    ...Object.values(ERROR_CODES).map(({ status }) => `${status}`),
  ]),
].sort();
const CODES = Object.keys(ERROR_CODES) as ErrorCode[];
const BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** One answered request. */
export interface Answer {
  readonly method: string;
  /** Template of the route; undefined where there is none. */
  readonly route: string | undefined;
  readonly status: number;
  /** Null where the caller asked to wait or hung up, which says nothing of our speed. */
  readonly seconds: number | null;
  /** Of a refusal. */
  readonly code: ErrorCode | undefined;
}

/** @param waits of this process */
export function measureLongPolls(metrics: Metrics, waits: { readonly size: number }): void {
  metrics.gauge('sb_long_polls', 'Callers that wait for the end of a capture at this process.', {}, () => [
    { labels: {}, value: waits.size },
  ]);
}

/** Rate, errors and duration of each route. */
export class HttpMetrics {
  private readonly requests;
  private readonly durations;
  private readonly problems;

  /** @param routes templates of all routes */
  constructor(metrics: Metrics, routes: readonly string[]) {
    const route = [...new Set(routes)];
    this.requests = metrics.counter(
      'sb_http_requests_total',
      'Requests answered; 499: the caller hung up before.',
      {
        method: METHODS,
        route,
        status: STATUSES,
      },
    );
    this.durations = metrics.histogram(
      'sb_http_request_duration_seconds',
      'Time from a request to its answer, long-polls and event streams left out.',
      { method: METHODS, route },
      BUCKETS_S,
    );
    this.problems = metrics.counter(
      'sb_http_problems_total',
      'Refusals and failures by error code; invalid_client, invalid_credentials, refresh_token_invalid, unauthenticated and page_code_invalid are failed authentications, login_delayed ones that were not tried.',
      { code: CODES },
      CODES.map((code) => ({ code })),
    );
  }

  answered({ method, route = '', status, seconds, code }: Answer): void {
    this.requests({ method, route, status: String(status) });
    if (seconds !== null) this.durations({ method, route }, seconds);
    if (code) this.problems({ code });
  }
}
