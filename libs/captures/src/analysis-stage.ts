import type { StageInput, StageOutcome } from './stage-transaction.js';

/** A stage before the decision: pure of the state machine, it turns its input into one outcome or throws on infrastructure trouble. */
export interface AnalysisStage {
  run(input: StageInput, signal: AbortSignal): Promise<StageOutcome>;
}
