import { init, type EChartsOption } from 'echarts';
import type { PadThresholds } from '#biometrics';
import { ablation } from './ablation.js';
import { bpcerBy, type ConditionRate } from './pad-breakdown.js';
import type { PadReport } from './pad-report.js';
import type { PadSample } from './pad-samples.js';
import type { Rate } from './rate.js';
import { areas, curves, SIGNALS } from './signal-roc.js';

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#1b1f24}
table{border-collapse:collapse;margin:1rem 0}td,th{border:1px solid #c8ccd0;padding:.25rem .6rem;text-align:right}
td:first-child,th:first-child{text-align:left}.synthetic{background:#fff3cd;padding:.6rem 1rem;border-left:4px solid #b58900}
figure{margin:1rem 0;overflow-x:auto}`;

/** The report as one page that needs nothing else: tables worst first, curves as SVG, no script. */
export function padPage(report: PadReport, samples: readonly PadSample[]): string {
  const live = samples.filter(({ label }) => label === 'bona_fide');
  const species = [...report.species].sort((a, b) => b.apcer - a.apcer || b.upper - a.upper);
  const attacks = (name: string) => samples.filter((sample) => sample.species === name);
  const rates = species.map(({ species: name, apcer, ...bounds }) => [
    name,
    ...cells({ rate: apcer, ...bounds }),
    reasons(report, name),
  ]);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Presentation attack detection</title><style>${STYLE}</style></head><body>
<h1>Presentation attack detection</h1>
${report.synthetic ? '<p class="synthetic">SYNTHETIC: every capture was rendered. These figures compare versions of the software and say nothing about real people, cameras or attackers.</p>' : ''}
<p>Terms of ISO/IEC 30107-3. Bounds: 95 %, Wilson. What is inconclusive counts as refused.</p>
<h2>Attacks taken for bona fide (APCER), worst species first</h2>
${table(['species', 'APCER', 'lower', 'upper', 'n', 'how they ended'], rates)}
<h2>Bona fide refused (BPCER)</h2>
${table(['', 'BPCER', 'lower', 'upper', 'n', 'how they ended'], [['all', ...cells(report.bpcer), reasons(report, 'bona_fide')]])}
${breakdown(samples, report.thresholds)}
<h2>What each gate adds</h2>
<p>Share that it does not let pass, alone or with others. Empty: none.</p>
${ablationTable(samples, report.thresholds, 'stoppedBy')}
<p>Share that only it stops: it would pass if that were left out.</p>
${ablationTable(samples, report.thresholds, 'onlyStoppedBy')}
<h2>Signals</h2>
<figure>${rocChart(
    live,
    samples.filter(({ label }) => label === 'attack'),
  )}</figure>
<p>Area under the curve of each signal, live captures against each species; empty where it was not measured.</p>
${table(
  ['species', ...SIGNALS.map(({ name }) => name)],
  species.map(({ species: name }) => [
    name,
    ...areas(live, attacks(name)).map((area) => area?.toFixed(3) ?? ''),
  ]),
)}
</body></html>
`;
}

function breakdown(samples: readonly PadSample[], thresholds: PadThresholds): string {
  const by = bpcerBy(samples, thresholds);
  const one = (title: string, rates: readonly ConditionRate[]): string =>
    rates.length > 0
      ? table(
          [title, 'BPCER', 'lower', 'upper', 'n'],
          rates.map((rate) => [rate.condition, ...cells(rate)]),
        )
      : '';
  return one('camera', by.camera) + one('light', by.light) + one('challenge with', by.challenge);
}

function ablationTable(
  samples: readonly PadSample[],
  thresholds: PadThresholds,
  share: 'stoppedBy' | 'onlyStoppedBy',
): string {
  const rows = ablation(samples, thresholds);
  const kinds = Object.keys(rows[0]?.onlyStoppedBy ?? {});
  const percent = (share: number): string => (share > 0 ? `${(100 * share).toFixed(0)} %` : '');
  return table(
    ['gate', ...(share === 'onlyStoppedBy' ? ['bona fide'] : []), ...kinds],
    rows.map((row) => [
      row.gate,
      ...(share === 'onlyStoppedBy' ? [percent(row.onlyRefusedBy)] : []),
      ...kinds.map((kind) => percent(row[share][kind] ?? 0)),
    ]),
  );
}

function rocChart(live: readonly PadSample[], attacks: readonly PadSample[]): string {
  const lines = curves(live, attacks);
  const option: EChartsOption = {
    animation: false,
    title: { text: 'Each signal alone, all species together' },
    legend: { type: 'plain', right: 0, top: 30, orient: 'vertical', data: lines.map(({ name }) => name) },
    grid: { right: 170 },
    xAxis: { type: 'value', min: 0, max: 1, name: 'attacks passed', nameLocation: 'middle', nameGap: 28 },
    yAxis: { type: 'value', min: 0, max: 1, name: 'live passed' },
    series: lines.map(({ name, points }) => ({
      name,
      type: 'line',
      step: 'end',
      showSymbol: false,
      data: points.map(([x, y]) => [x, y]),
    })),
  };
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: 860, height: 520 });
  chart.setOption(option);
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

function reasons({ reasons: all }: PadReport, kind: string): string {
  return Object.entries(all[kind] ?? {})
    .sort(([, a], [, b]) => b - a)
    .map(([reason, n]) => `${reason} ${n}`)
    .join(' · ');
}

function cells({ rate, lower, upper, n }: Rate): string[] {
  return [...[rate, lower, upper].map((value) => `${(100 * value).toFixed(1)} %`), String(n)];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (tag: 'td' | 'th', values: readonly string[]): string =>
    `<tr>${values.map((value) => `<${tag}>${escaped(value)}</${tag}>`).join('')}</tr>`;
  return `<table>${row('th', head)}${rows.map((values) => row('td', values)).join('')}</table>\n`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
