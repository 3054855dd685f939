import type { Stage, StageJob } from '#queue';
import type { AnalysisStage } from './analysis-stage.js';
import type { DecisionStage } from './stages/decision.stage.js';
import { isChainEnded } from './stages/findings.js';
import type { StageInput, StageOutcome, StageTransactions } from './stage-transaction.js';

export interface StageAttempt {
  readonly lastAttempt: boolean;
  readonly signal: AbortSignal;
}

export interface StageReport {
  readonly stage: Stage;
  readonly captureId: string;
  /** Null when the job was stale and nothing was read. */
  readonly correlationId: string | null;
  readonly result: StageOutcome['status'] | 'decided' | 'stale';
  /** How long the stage had waited for its first attempt; null for a later one. */
  readonly waitMs: number | null;
  readonly durationMs: number;
}

/** A stage that threw. Its message goes into the queue's records, so it names the kind of trouble only; the cause is for the log. */
export class StageFailure extends Error {
  override readonly name = 'StageFailure';
  constructor(
    stage: Stage,
    readonly correlationId: string,
    cause: unknown,
  ) {
    super(`${stage} failed: ${cause instanceof Error ? cause.name : 'unknown error'}`, { cause });
  }
}

export type AnalysisStages = Readonly<Record<Exclude<Stage, 'decision'>, AnalysisStage>>;

/** Runs the job of any stage: snapshot, work with no transaction open, commit. Safe to run twice, late, or by two workers at once. */
export class Pipeline {
  constructor(
    private readonly transactions: StageTransactions,
    private readonly stages: AnalysisStages,
    private readonly decision: DecisionStage,
  ) {}

  /** @throws StageFailure, after the last attempt too: the queue shows the job as failed, the chain goes on */
  async handle(stage: Stage, job: StageJob, attempt: StageAttempt): Promise<StageReport> {
    const began = performance.now();
    const input = await this.transactions.begin(job, stage);
    const report = (result: StageReport['result']): StageReport => ({
      stage,
      result,
      captureId: job.captureId,
      correlationId: input?.capture.correlationId ?? null,
      waitMs: input?.waitMs ?? null,
      durationMs: Math.round(performance.now() - began),
    });
    if (!input) return report('stale');
    try {
      return report(await this.run(stage, input, attempt));
    } catch (error) {
      throw new StageFailure(stage, input.capture.correlationId, error);
    }
  }

  private async run(stage: Stage, input: StageInput, attempt: StageAttempt): Promise<StageReport['result']> {
    if (stage === 'decision') return (await this.decision.run(input)) ? 'decided' : 'stale';
    const outcome = await this.analyse(stage, input, attempt);
    return (await this.transactions.commit(input, stage, outcome)) ? outcome.status : 'stale';
  }

  private async analyse(
    stage: Exclude<Stage, 'decision'>,
    input: StageInput,
    attempt: StageAttempt,
  ): Promise<StageOutcome> {
    if (isChainEnded(stage, input.results)) return { status: 'skipped' };
    try {
      return await this.stages[stage].run(input, attempt.signal);
    } catch (error) {
      if (attempt.lastAttempt) await this.transactions.commit(input, stage, { status: 'failed' });
      throw error;
    }
  }
}
