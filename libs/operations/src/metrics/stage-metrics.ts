import type { Metrics } from '#observability';
import { type Stage, STAGES } from '#queue';

/**
 * How an attempt at a stage ended: with its result, without one because the chain had ended early, with the decision, without effect,
 * or by an error that is tried again or was the last.
 */
export const ATTEMPT_OUTCOMES = ['done', 'skipped', 'decided', 'stale', 'retried', 'failed'] as const;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];

const DURATION_BUCKETS_S = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20];
const WAIT_BUCKETS_S = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 600];

/** What this worker does at each stage. */
export class StageMetrics {
  private readonly attempts;
  private readonly durations;
  private readonly waits;

  constructor(metrics: Metrics) {
    const stage = STAGES;
    this.attempts = metrics.counter(
      'sb_stage_attempts_total',
      'Attempts at a stage by how they ended; retried and failed are errors.',
      { stage, outcome: ATTEMPT_OUTCOMES },
      STAGES.flatMap((each) => ATTEMPT_OUTCOMES.map((outcome) => ({ stage: each, outcome }))),
    );
    this.durations = metrics.histogram(
      'sb_stage_duration_seconds',
      'Time of one attempt at a stage.',
      { stage },
      DURATION_BUCKETS_S,
    );
    this.waits = metrics.histogram(
      'sb_stage_wait_seconds',
      'Time from the end of the stage before (or the submission) to the first attempt.',
      { stage },
      WAIT_BUCKETS_S,
    );
  }

  attempted(stage: Stage, outcome: AttemptOutcome, durationMs: number, waitMs: number | null): void {
    this.attempts({ stage, outcome });
    this.durations({ stage }, durationMs / 1_000);
    if (waitMs !== null) this.waits({ stage }, waitMs / 1_000);
  }
}
