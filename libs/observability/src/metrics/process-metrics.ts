import { collectDefaultMetrics } from 'prom-client';
import { productVersion } from '../version.js';
import type { Metrics } from './metrics.js';

/** Gauges of prom-client whose names end like a counter's; the same numbers are in the gauges by type. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/** Processor, memory, event loop and garbage collection of this process, and which version it runs. */
export function measureProcess(metrics: Metrics): void {
  collectDefaultMetrics({ register: metrics.registry });
  for (const name of MISNAMED) metrics.registry.removeSingleMetric(name);
  const version = productVersion();
  metrics.gauge('sb_build_info', 'Version of the running code; always 1.', { version: [version] }, () => [
    { labels: { version }, value: 1 },
  ]);
}
