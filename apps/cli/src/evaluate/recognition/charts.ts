import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { RecognitionReport } from './recognition-report.js';

use([BarChart, LineChart, GridComponent, LegendComponent, SVGRenderer]);

const SIZE = { width: 640, height: 400 };
/** Told apart also by people who see few colours, and by dash or fill besides (Okabe and Ito 2008). */
const BLUE = '#0072b2';
const ORANGE = '#d55e00';
const LEAST_RATE = 1e-5;

/** Detection error trade-off: false non-matches over false matches, both logarithmic. */
export function detChart({ det }: RecognitionReport): string {
  const points = det
    .filter(({ fmr, fnmr }) => fmr > 0 || fnmr > 0)
    .map(({ fmr, fnmr }) => [Math.max(LEAST_RATE, fmr), Math.max(LEAST_RATE, fnmr)]);
  const axis = (name: string) => ({
    type: 'log',
    name,
    nameLocation: 'middle',
    nameGap: 34,
    min: LEAST_RATE,
    max: 1,
    axisLabel: { formatter: (value: number) => value.toExponential(0) },
  });
  return svg(
    {
      xAxis: axis('FMR'),
      yAxis: { ...axis('FNMR'), nameGap: 48 },
      series: [{ ...STILL, type: 'line', showSymbol: false, color: BLUE, data: points }],
    },
    'Detection error trade-off',
    'False non-match rate over false match rate as the threshold changes, both on logarithmic axes; rates of zero are drawn at 0.00001. The figures are in the tables.',
  );
}

/** Share of mated and of non-mated comparisons at each score. */
export function scoreChart({ histograms: { from, mated, nonMated, width } }: RecognitionReport): string {
  const share = (counts: readonly number[]): number[] => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    return counts.map((count) => (total > 0 ? (100 * count) / total : 0));
  };
  const bars = (name: string, color: string, counts: readonly number[], opacity: number) => ({
    ...STILL,
    type: 'bar',
    name,
    color,
    data: share(counts),
    barGap: '-100%',
    barCategoryGap: 0,
    itemStyle: { opacity, borderColor: color },
  });
  return svg(
    {
      legend: { top: 0 },
      xAxis: {
        type: 'category',
        name: 'comparison score (cosine)',
        nameLocation: 'middle',
        nameGap: 34,
        data: from.map((score) => score.toFixed(2)),
        axisLabel: { interval: Math.round(0.2 / width) - 1 },
      },
      yAxis: { type: 'value', name: '% of comparisons' },
      series: [bars('non-mated', ORANGE, nonMated, 0.75), bars('mated', BLUE, mated, 0.55)],
    },
    'Comparison scores',
    'Share of mated and of non-mated comparisons at each score; the less the two overlap, the fewer errors there are.',
  );
}

/** Nothing moves and nothing answers to the pointer: the page has no script. */
const STILL = { silent: true, emphasis: { disabled: true } } as const;

let charts = 0;

function svg(option: EChartsCoreOption, title: string, description: string): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...SIZE });
  try {
    chart.setOption({ animation: false, grid: { left: 70, right: 24, top: 36, bottom: 56 }, ...option });
    const id = `chart-${++charts}`;
    return chart
      .renderToSVGString()
      .replace('<svg ', `<svg role="img" aria-labelledby="${id}-title ${id}-desc" `)
      .replace('>', `><title id="${id}-title">${title}</title><desc id="${id}-desc">${description}</desc>`);
  } finally {
    chart.dispose();
  }
}
