import type { Reason } from '#biometrics';
import { type Stage, STAGES } from '#queue';
import type { StageResultEntity } from '../entities/stage-result.entity.js';

export interface Findings {
  /** True when a stage before the decision failed or has no result. */
  readonly incomplete: boolean;
  /** The verdict of the first stage that ended the chain early. */
  readonly halt: Reason | null;
}

const BEFORE_DECISION = STAGES.slice(0, -1);

/**
 * Reads the chain's results in order. A stage that failed leaves the chain incomplete even if a later one halted: trouble of the
 * infrastructure must never look like the person's doing.
 */
export function gatherFindings(
  results: ReadonlyMap<Stage, Pick<StageResultEntity, 'status' | 'halt'>>,
): Findings {
  const chain = BEFORE_DECISION.map((stage) => results.get(stage));
  return {
    incomplete: chain.some((result) => !result || result.status === 'failed'),
    halt: chain.find((result) => result?.halt)?.halt ?? null,
  };
}

/** Whether a stage still has something to do, or only passes on what an earlier one found. */
export function isChainEnded(
  stage: Stage,
  results: ReadonlyMap<Stage, Pick<StageResultEntity, 'status' | 'halt'>>,
): boolean {
  return BEFORE_DECISION.slice(0, STAGES.indexOf(stage)).some((earlier) => {
    const result = results.get(earlier);
    return !result || result.status === 'failed' || result.halt !== null;
  });
}
