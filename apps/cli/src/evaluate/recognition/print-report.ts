import type { BoundedRate, OperatingPoint } from './error-curves.js';
import { percent, rateText } from './format.js';
import type { RecognitionReport } from './recognition-report.js';

/** The report for a terminal. */
export function printReport(report: RecognitionReport): void {
  const { fta, fte, eer, eerBounds, recommended, atDefaultThreshold, groups } = report;
  if (report.synthetic) console.log('SYNTHETIC: rendered people; nothing here is about real ones');
  console.log(
    `${report.images} images of ${report.identities} people; ${report.matedPairs} mated and ${report.nonMatedPairs} non-mated pairs`,
  );
  console.log(`FTA ${rateText(fta)}${reasons(report.failures.acquisition)}`);
  console.log(`FTE ${rateText(fte)}${reasons(report.failures.enrolment)}`);
  console.log(`EER ${eer === null || !eerBounds ? 'no pairs' : rateText({ rate: eer, ...eerBounds })}`);
  for (const [fmr, at] of Object.entries(report.fnmrAtFmr)) {
    const text = at
      ? `${rateText({ ...at, rate: at.fnmr })} at threshold ${at.threshold.toFixed(3)}`
      : 'cannot be supported';
    console.log(`FNMR at FMR ${fmr}: ${text}`);
  }
  if (atDefaultThreshold) console.log(`default policy: ${point(atDefaultThreshold)}`);
  if (recommended)
    console.log(
      `recommended where the upper bound of FMR is ${recommended.targetFmr}: ${point(recommended)}`,
    );
  for (const note of report.notes) console.log(`note: ${note}`);
  if (groups) {
    console.log(`by ${groups.field}, at threshold ${groups.threshold.toFixed(3)}:`);
    const cell = (rate: BoundedRate | null) => (rate ? rateText(rate) : 'cannot be supported');
    console.table(
      groups.groups.map(({ value, images, identities, fta: own, fmr, fnmr }) => ({
        group: value,
        people: identities,
        images,
        FTA: percent(own.rate),
        FMR: cell(fmr),
        FNMR: cell(fnmr),
      })),
    );
  }
  console.table(report.worstPairs.map(({ kind, a, b, score }) => ({ kind, a, b, score: score.toFixed(3) })));
}

const reasons = (counts: Readonly<Record<string, number>>): string => {
  const parts = Object.entries(counts).map(([reason, n]) => `${reason} ${n}`);
  return parts.length > 0 ? ` · ${parts.join(', ')}` : '';
};

const point = ({ threshold, fmr, fnmr }: OperatingPoint): string =>
  `threshold ${threshold.toFixed(3)}, FMR ${rateText(fmr)}, FNMR ${rateText(fnmr)}`;
