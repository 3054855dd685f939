import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** A metric's labels, each with every value it can have besides `other`. */
export type LabelValues = Readonly<Record<string, readonly string[]>>;

type Labelled<L extends LabelValues> = { readonly [Label in keyof L]: L[Label][number] };

/** One value of a gauge. */
export interface Sample<L extends LabelValues> {
  readonly labels: Labelled<L>;
  readonly value: number;
}

/** A metric as the documentation names it. */
export interface MetricDescription {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: LabelValues;
}

/** What a label says of a value that is not in its list. */
export const OTHER = 'other';

/**
 * The metrics of one process. Every label names its values when the metric is made and anything else becomes `other`, so that
 * no input can create a series.
 */
export class Metrics {
  readonly registry = new Registry();
  private readonly described: MetricDescription[] = [];

  get contentType(): string {
    return this.registry.contentType;
  }

  /** In the order they were made; those of the process itself are not among them. */
  get descriptions(): readonly MetricDescription[] {
    return this.described;
  }

  /** Prometheus's text format. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  /** @returns what counts one; every combination in `start` is there from the beginning, at zero */
  counter<const L extends LabelValues>(
    name: string,
    help: string,
    labels: L,
    start: readonly Labelled<L>[] = [],
  ): (labels: Labelled<L>) => void {
    const metric = new Counter(this.describe('counter', name, help, labels));
    for (const combination of start) metric.inc(combination, 0);
    return (values) => metric.inc(bounded(labels, values));
  }

  /** @param buckets upper bounds, in the unit the name ends with. @returns what records one value */
  histogram<const L extends LabelValues>(
    name: string,
    help: string,
    labels: L,
    buckets: readonly number[],
  ): (labels: Labelled<L>, value: number) => void {
    const metric = new Histogram({
      ...this.describe('histogram', name, help, labels),
      buckets: [...buckets],
    });
    return (values, value) => metric.observe(bounded(labels, values), value);
  }

  /** @param read called at each scrape; what it does not return has no value then, which is better than an old one */
  gauge<const L extends LabelValues>(
    name: string,
    help: string,
    labels: L,
    read: () => readonly Sample<L>[] | Promise<readonly Sample<L>[]>,
  ): void {
    new Gauge({
      ...this.describe('gauge', name, help, labels),
      async collect() {
        const samples = await read();
        this.reset();
        // A gauge without labels is reset to zero, which would be a value.
        this.remove({});
        for (const { labels: values, value } of samples) this.set(bounded(labels, values), value);
      },
    });
  }

  private describe(type: MetricDescription['type'], name: string, help: string, labels: LabelValues) {
    this.described.push({ name, type, help, labels });
    return { name, help, labelNames: Object.keys(labels), registers: [this.registry] };
  }
}

function bounded<L extends LabelValues>(labels: L, values: Labelled<L>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).map(([label, known]) => {
      const value: string = values[label] as string;
      return [label, known.includes(value) ? value : OTHER];
    }),
  );
}
