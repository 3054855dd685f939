import type { Child } from '#supervisor';
import { type Answer, call, callElsewhere } from '../api/support/call.js';
import { type Series, seriesOf } from './exposition.js';
import type { TestStack } from './stack.js';

export const OPERATOR = 'operator-token-0123456789-0123456789';
/** Lets operators in: the API on its own address, workers on a free port each. */
export const OPERATIONS_ENV = { METRICS_TOKEN: OPERATOR, WORKER_HEALTH_PORT: '0' };

/** The lines of JSON a process has logged, of its last five hundred. */
export function linesOf(child: Child): Record<string, unknown>[] {
  return child.output().flatMap((line) => {
    try {
      return [JSON.parse(line) as Record<string, unknown>];
    } catch {
      return [];
    }
  });
}

/** Where a worker answers probes. */
export function healthUrl(worker: Child): string {
  return String(linesOf(worker).find(({ msg }) => msg === 'health ready')?.['url']);
}

/** Asks the API. */
export function asOperator(url: string): Promise<Answer> {
  return call(url, 'GET', { token: OPERATOR });
}

export function askWorker(url: string): Promise<Answer> {
  return callElsewhere(url, 'GET', { token: OPERATOR });
}

export async function scrape(url: string, ask = asOperator): Promise<Series[]> {
  return seriesOf((await ask(`${url}/metrics`)).text);
}

/** The installation's health in detail, as the first API tells it. */
export async function healthOf({ stack }: TestStack): Promise<Answer> {
  return asOperator(`${stack.urls[0]}/health`);
}
