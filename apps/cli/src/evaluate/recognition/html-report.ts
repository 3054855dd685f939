import ejs from 'ejs';
import { detChart, scoreChart } from './charts.js';
import { percent, rateText } from './format.js';
import type { RecognitionReport } from './recognition-report.js';

/** One page that needs nothing else: no script, nothing fetched, charts as SVG with the figures in tables beside them. */
export function htmlReport(report: RecognitionReport): string {
  const hasCurves = report.det.length > 0;
  return ejs.render(PAGE, {
    report,
    percent,
    rateText,
    det: hasCurves ? detChart(report) : null,
    scores: hasCurves ? scoreChart(report) : null,
    fnmrText: (at: RecognitionReport['fnmrAtFmr'][string]) =>
      at ? rateText({ ...at, rate: at.fnmr }) : 'cannot be supported',
    bounded: (rate: Parameters<typeof rateText>[0] | null) => (rate ? rateText(rate) : 'cannot be supported'),
    everyFifth: report.fmrAtScore.filter((_, i) => i % 5 === 0),
  });
}

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title><%= report.synthetic ? 'SYNTHETIC: ' : '' %>Error rates of comparisons</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff; }
  table { border-collapse: collapse; margin: 1rem 0; }
  th, td { border: 1px solid #767676; padding: .3rem .6rem; text-align: left; }
  caption { text-align: left; font-weight: 600; padding: .3rem 0; }
  .warning { border: 2px solid #b00020; padding: .5rem 1rem; }
  svg { max-width: 100%; height: auto; }
</style>
</head>
<body>
<main>
<h1>Error rates of comparisons</h1>
<% if (report.synthetic) { %><p class="warning"><strong>SYNTHETIC.</strong> Every picture was rendered. Nothing here is about real people.</p><% } %>
<p><%= report.images %> images of <%= report.identities %> people; <%= report.matedPairs %> mated and <%= report.nonMatedPairs %> non-mated
comparisons. Model <%= report.model ?? 'none' %>. Bounds hold with 95 % confidence: bootstrap over people
(<%= report.bootstrap.replicates %> replicates, seed <%= report.bootstrap.seed %>) for comparisons, Wilson for FTA and FTE.</p>
<table>
<caption>Rates</caption>
<thead><tr><th scope="col">rate</th><th scope="col">value (95 % bounds)</th><th scope="col">threshold</th></tr></thead>
<tbody>
<tr><th scope="row">FTA, images without a template</th><td><%= rateText(report.fta) %></td><td></td></tr>
<tr><th scope="row">FTE, people who could not enrol</th><td><%= rateText(report.fte) %></td><td></td></tr>
<tr><th scope="row">EER</th><td><%= report.eer === null ? 'no pairs' : rateText({ rate: report.eer, ...report.eerBounds }) %></td><td></td></tr>
<% for (const [fmr, at] of Object.entries(report.fnmrAtFmr)) { %>
<tr><th scope="row">FNMR at FMR <%= fmr %></th><td><%= fnmrText(at) %></td><td><%= at ? at.threshold.toFixed(3) : '' %></td></tr>
<% } %>
</tbody>
</table>
<table>
<caption>Thresholds</caption>
<thead><tr><th scope="col"></th><th scope="col">threshold</th><th scope="col">FMR</th><th scope="col">FNMR</th></tr></thead>
<tbody>
<% for (const [name, point] of [['default policy', report.atDefaultThreshold], ['recommended', report.recommended]]) { if (point) { %>
<tr><th scope="row"><%= name %></th><td><%= point.threshold.toFixed(3) %></td><td><%= rateText(point.fmr) %></td><td><%= rateText(point.fnmr) %></td></tr>
<% } } %>
</tbody>
</table>
<% if (report.notes.length > 0) { %><h2>What this set cannot tell</h2>
<ul><% for (const note of report.notes) { %><li><%= note %></li><% } %></ul><% } %>
<% if (det) { %>
<h2>Detection error trade-off</h2>
<%- det %>
<h2>Comparison scores</h2>
<%- scores %>
<table>
<caption>False matches from a score on</caption>
<thead><tr><th scope="col">score</th><th scope="col">FMR</th><th scope="col">upper bound</th></tr></thead>
<tbody><% for (const { score, fmr, upper } of everyFifth) { %>
<tr><th scope="row"><%= score.toFixed(2) %></th><td><%= percent(fmr) %></td><td><%= percent(upper) %></td></tr><% } %>
</tbody>
</table>
<% } %>
<% if (report.groups) { %>
<h2>By <%= report.groups.field %></h2>
<p>At threshold <%= report.groups.threshold.toFixed(3) %>; non-mated comparisons within the group. Highest rate over lowest:
FMR <%= report.groups.fmrRatio?.toFixed(1) ?? 'unknown' %>, FNMR <%= report.groups.fnmrRatio?.toFixed(1) ?? 'unknown' %>.</p>
<table>
<thead><tr><th scope="col">group</th><th scope="col">people</th><th scope="col">images</th><th scope="col">FTA</th><th scope="col">FMR</th><th scope="col">FNMR</th></tr></thead>
<tbody><% for (const group of report.groups.groups) { %>
<tr><th scope="row"><%= group.value %></th><td><%= group.identities %></td><td><%= group.images %></td><td><%= rateText(group.fta) %></td>
<td><%= bounded(group.fmr) %></td><td><%= bounded(group.fnmr) %></td></tr><% } %>
</tbody>
</table>
<% } %>
<h2>What failed</h2>
<table>
<thead><tr><th scope="col">reason</th><th scope="col">not acquired</th><th scope="col">not enrolled</th></tr></thead>
<tbody><% for (const reason of Object.keys({ ...report.failures.acquisition, ...report.failures.enrolment })) { %>
<tr><th scope="row"><%= reason %></th><td><%= report.failures.acquisition[reason] ?? 0 %></td><td><%= report.failures.enrolment[reason] ?? 0 %></td></tr><% } %>
</tbody>
</table>
<h2>Worst comparisons</h2>
<p>Often a wrong label or an unusable picture. Names only: no picture is part of this page.</p>
<table>
<thead><tr><th scope="col">kind</th><th scope="col">image</th><th scope="col">image</th><th scope="col">score</th></tr></thead>
<tbody><% for (const { kind, a, b, score } of report.worstPairs) { %>
<tr><td><%= kind === 'mated' ? 'mated' : 'non-mated' %></td><td><%= a %></td><td><%= b %></td><td><%= score.toFixed(3) %></td></tr><% } %>
</tbody>
</table>
</main>
</body>
</html>
`;
