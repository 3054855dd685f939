import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MetricDescription } from '#observability';
import { apiCatalogue, workerCatalogue } from '../support/metric-catalogue.js';
import { describeWithPromtool, promtool } from '../support/promtool.js';

const docs = join(import.meta.dirname, '..', '..', 'docs');
const read = (name: string): string => readFileSync(join(docs, name), 'utf8');

/** Longer lists are told by their name alone. */
const MOST_VALUES = 8;

function tableOf(catalogue: ReadonlyMap<string, MetricDescription>): string {
  const rows = [...catalogue.values()].map(
    ({ name, type, labels, help }) => `| \`${name}\` | ${type} | ${labelsOf(labels)} | ${help} |`,
  );
  return ['| metric | type | labels | |', '|---|---|---|---|', ...rows].join('\n');
}

function labelsOf(labels: MetricDescription['labels']): string {
  return Object.entries(labels)
    .map(([label, values]) =>
      values.length > MOST_VALUES ? `\`${label}\`` : `\`${label}\`: ${values.join(', ')}`,
    )
    .join(' · ');
}

/** The text with its tables as the code would have them. */
function withTables(text: string): string {
  return [['api', apiCatalogue()] as const, ['worker', workerCatalogue()] as const].reduce(
    (result, [name, catalogue]) =>
      result.replace(
        new RegExp(`<!-- ${name} -->[^]*<!-- /${name} -->`),
        () => `<!-- ${name} -->\n${tableOf(catalogue)}\n<!-- /${name} -->`,
      ),
    text,
  );
}

const known = new Set([...apiCatalogue().keys(), ...workerCatalogue().keys(), 'sb_build_info']);
const unknownIn = (text: string): string[] =>
  [...text.matchAll(/\bsb_[a-z_]+/g)]
    .map(([name]) => name)
    .filter((name) => !known.has(name) && !known.has(name.replace(/_(bucket|sum|count)$/, '')));

it('the tables of metrics are those of the code (UPDATE_DOCS=1 writes them)', () => {
  const text = read('operate.md');
  const expected = withTables(text);
  if (process.env['UPDATE_DOCS']) writeFileSync(join(docs, 'operate.md'), expected);
  else expect(text).toBe(expected);
  expect(expected).toContain('`sb_decisions_total` | counter');
});

it.each(['operate.md', 'prometheus/alerts.yml', 'prometheus/alerts.test.yml'])(
  '%s names no metric that is not there',
  (name) => {
    expect(read(name)).toMatch(/\bsb_/);
    expect(unknownIn(read(name))).toEqual([]);
  },
);

it('alerts compare labels with values that these labels have', () => {
  const catalogue = new Map([...apiCatalogue(), ...workerCatalogue()]);
  const selectors = [...read('prometheus/alerts.yml').matchAll(/\b(sb_[a-z_]+)\{([^}]*)\}/g)];
  expect(selectors.length).toBeGreaterThan(3);
  for (const [, metric, matchers] of selectors)
    for (const [, label, , values] of (matchers as string).matchAll(/(\w+)(=~?)"([^"]*)"/g)) {
      const all = catalogue.get(metric as string)?.labels[label as string] ?? [];
      for (const value of (values as string).split('|'))
        expect([metric, label, value, all.some((each) => new RegExp(`^${value}$`).test(each))]).toEqual([
          metric,
          label,
          value,
          true,
        ]);
    }
});

describeWithPromtool('the examples for Prometheus', () => {
  it.each([
    ['check', 'rules', 'alerts.yml'],
    ['test', 'rules', 'alerts.test.yml'],
  ])('pass promtool %s %s', (...args) => {
    expect(promtool([...args.slice(0, 2), join(docs, 'prometheus', args[2])])).toBe('');
  });

  it('pass promtool check config', () => {
    expect(promtool(['check', 'config', '--syntax-only', join(docs, 'prometheus', 'prometheus.yml')])).toBe(
      '',
    );
  });

  it('would not, if there were a mistake', () => {
    expect(promtool(['check', 'metrics'], '# TYPE things_total gauge\nthings_total 1\n')).toContain('_total');
  });
});
