/** One line of Prometheus's text format. */
export interface Series {
  /** Of the metric, without the suffix of a histogram's parts. */
  readonly metric: string;
  /** As written, with the suffix. */
  readonly name: string;
  /** Without `le`. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Parses an exposition. @throws Error at a line that is none */
export function seriesOf(text: string): Series[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name, labels, value] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      if (!name || !value) throw new Error(`Not a series: ${line}`);
      return {
        name,
        metric: name.replace(/_(bucket|sum|count)$/, ''),
        labels: labelsOf(labels ?? ''),
        value: Number(value.replace('+Inf', 'Infinity')),
      };
    });
}

function labelsOf(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(
    ([, name, value]) => [name as string, value as string] as const,
  );
  return Object.fromEntries(pairs.filter(([name]) => name !== 'le'));
}

/** The value of one series, or undefined where it is not there. */
export function valueOf(
  series: readonly Series[],
  name: string,
  labels: Record<string, string> = {},
): number | undefined {
  const wanted = Object.entries(labels);
  return series.find(
    (each) => each.name === name && wanted.every(([label, value]) => each.labels[label] === value),
  )?.value;
}

/** Sum over all series of a name, of those with these labels. */
export function sumOf(series: readonly Series[], name: string, labels: Record<string, string> = {}): number {
  const wanted = Object.entries(labels);
  return series
    .filter((each) => each.name === name && wanted.every(([label, value]) => each.labels[label] === value))
    .reduce((sum, { value }) => sum + value, 0);
}
