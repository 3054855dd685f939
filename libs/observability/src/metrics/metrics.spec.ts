import { Metrics, type Sample } from './metrics.js';

const COLOURS = { colour: ['red', 'green'] } as const;

it('counts by known labels from zero on, and everything else as one', async () => {
  const metrics = new Metrics();
  const count = metrics.counter('things_total', 'Things.', COLOURS, [{ colour: 'red' }]);
  for (const colour of ['green', 'mauve', 'puce', '"} evil 1\n']) count({ colour: colour as 'green' });
  expect((await metrics.text()).trim().split('\n')).toEqual([
    '# HELP things_total Things.',
    '# TYPE things_total counter',
    'things_total{colour="red"} 0',
    'things_total{colour="green"} 1',
    'things_total{colour="other"} 3',
  ]);
});

it('a gauge shows what was read for this scrape only, and nothing where nothing could be read', async () => {
  const metrics = new Metrics();
  let samples: Sample<typeof COLOURS>[] = [{ labels: { colour: 'red' }, value: 2 }];
  let plain: Sample<Record<never, never>>[] = [{ labels: {}, value: 7 }];
  metrics.gauge('depth', 'Depth.', COLOURS, () => Promise.resolve(samples));
  metrics.gauge('age_seconds', 'Age.', {}, () => plain);
  expect(await metrics.text()).toMatch(/^depth\{colour="red"\} 2$/m);
  expect(await metrics.text()).toMatch(/^age_seconds 7$/m);
  samples = [];
  plain = [];
  expect(await metrics.text()).not.toMatch(/^(depth|age_seconds)/m);
});

it('describes itself for the documentation', () => {
  const metrics = new Metrics();
  metrics.histogram('wait_seconds', 'Waiting.', COLOURS, [1, 2]);
  expect(metrics.descriptions).toEqual([
    { name: 'wait_seconds', type: 'histogram', help: 'Waiting.', labels: COLOURS },
  ]);
});
