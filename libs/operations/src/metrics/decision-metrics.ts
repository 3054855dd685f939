import { type Outcome, OUTCOMES, PURPOSES, REASONS } from '#biometrics';
import type { DecisionFacts } from '#captures';
import type { Metrics } from '#observability';

const MEANINGS = Object.values(REASONS);
const CODES = [...new Set(MEANINGS.map(({ code }) => code))];

const TOTAL_BUCKETS_S = [0.25, 0.5, 1, 2, 3, 5, 10, 30, 60, 300, 600];
/** Cosine; finer where thresholds lie. */
const SCORE_BUCKETS = [-0.1, 0, 0.1, 0.2, 0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8, 0.9, 1];

/** What is decided, how fast, and how scores lie; of all tenants together, so that nobody can be told apart. */
export class DecisionMetrics {
  private readonly decisions;
  private readonly totals;
  private readonly scores;

  constructor(metrics: Metrics) {
    this.decisions = metrics.counter(
      'sb_decisions_total',
      'Decisions by what was asked, the outcome and the coarse code.',
      { purpose: PURPOSES, outcome: OUTCOMES, code: CODES },
      PURPOSES.flatMap((purpose) => CODES.map((code) => ({ purpose, code, outcome: outcomeOf(code) }))),
    );
    this.totals = metrics.histogram(
      'sb_capture_decision_seconds',
      'Time from the submission of a capture to its decision.',
      { purpose: PURPOSES },
      TOTAL_BUCKETS_S,
    );
    this.scores = metrics.histogram(
      'sb_comparison_score',
      'Comparison scores (cosine) of verifications.',
      { outcome: OUTCOMES },
      SCORE_BUCKETS,
    );
  }

  decided({ purpose, outcome, code, score, totalMs }: DecisionFacts): void {
    this.decisions({ purpose, outcome, code });
    this.totals({ purpose }, totalMs / 1_000);
    if (score !== null) this.scores({ outcome }, score);
  }
}

/** Every coarse code has one outcome. */
function outcomeOf(code: (typeof CODES)[number]): Outcome {
  const meaning = MEANINGS.find((each) => each.code === code);
  if (!meaning) throw new TypeError('A coarse code without a reason');
  return meaning.outcome;
}
