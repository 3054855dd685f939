// eslint-disable-next-line no-restricted-imports -- the route table is the API's own.
import { ROUTE_ACCESS } from '../../apps/api/src/access/route-access.js';
import { type MetricDescription, Metrics, OTHER } from '#observability';
import {
  ComputeMetrics,
  DecisionMetrics,
  HttpMetrics,
  Installation,
  measureAuditVerifications,
  measureInstallation,
  measureLongPolls,
  StageMetrics,
  StreamMetrics,
  WebhookMetrics,
} from '#operations';
import type { Series } from './exposition.js';

const never = () => Promise.reject(new Error('only described, never read'));

/** The metrics an API process has, by name. */
export function apiCatalogue(): Map<string, MetricDescription> {
  const metrics = new Metrics();
  new HttpMetrics(
    metrics,
    Object.keys(ROUTE_ACCESS).map((route) => route.split(' ')[1] as string),
  );
  measureLongPolls(metrics, { size: 0 });
  measureAuditVerifications(metrics);
  new StreamMetrics(metrics).measure({ size: 0 });
  measureInstallation(metrics, new Installation({ inSystem: never } as never), { counts: never });
  return byName(metrics);
}

/** The metrics a worker has, by name. */
export function workerCatalogue(): Map<string, MetricDescription> {
  const metrics = new Metrics();
  new StageMetrics(metrics);
  new DecisionMetrics(metrics);
  new ComputeMetrics(metrics);
  measureAuditVerifications(metrics);
  new WebhookMetrics(metrics);
  return byName(metrics);
}

/** The labels of our own metrics that have a value besides those of the catalogue and `other`. */
export function unboundedLabels(
  series: readonly Series[],
  catalogue: ReadonlyMap<string, MetricDescription>,
): string[] {
  return series.flatMap(({ metric, name, labels }) => {
    if (!metric.startsWith('sb_') || metric === 'sb_build_info') return [];
    const known = (catalogue.get(metric) ?? catalogue.get(name))?.labels;
    if (!known) return [`${name}: not in the catalogue`];
    return Object.entries(labels).flatMap(([label, value]) =>
      known[label]?.includes(value) || value === OTHER ? [] : [`${name}{${label}="${value}"}`],
    );
  });
}

function byName(metrics: Metrics): Map<string, MetricDescription> {
  return new Map(metrics.descriptions.map((description) => [description.name, description]));
}
