import { meaningOf } from '#biometrics';
import type { Stage } from '#queue';
import type { DuplicateMatch } from '#subjects';
import type { DecisionEntity } from './entities/decision.entity.js';
import type { Scalars, StageResultEntity } from './entities/stage-result.entity.js';

/** What an integrator and the page see of a decision: no score, no threshold, no signal to climb along. */
export interface DecisionView {
  readonly outcome: DecisionEntity['outcome'];
  readonly code: DecisionEntity['code'];
  readonly guidance: string | null;
  readonly padLevel: DecisionEntity['padLevel'];
  readonly policyVersion: number;
  readonly decidedAt: Date;
}

/** What a reviewer sees besides. */
export interface ReviewView {
  readonly reason: DecisionEntity['reason'];
  readonly score: number | null;
  readonly threshold: number;
  /** Each reference that the probe was compared with. */
  readonly comparisons: DecisionEntity['comparisons'];
  readonly duplicateCheck: DecisionEntity['duplicateCheck'];
  /** Other subjects whose face an enrolment resembles, the most alike first. */
  readonly duplicates: readonly DuplicateMatch[];
  readonly requiredPadLevel: DecisionEntity['requiredPadLevel'];
  readonly models: DecisionEntity['models'];
  /** What each liveness gate said, and the thresholds the signals were held against. */
  readonly gates: DecisionEntity['gates'];
  readonly padThresholds: DecisionEntity['thresholds'];
  /** What each stage measured. */
  readonly signals: Readonly<Partial<Record<Stage, Scalars>>>;
}

type Visible = Omit<DecisionView, 'guidance'> & Pick<DecisionEntity, 'reason'>;

export function decisionView(decision: Visible): DecisionView {
  const { outcome, code, padLevel, policyVersion, decidedAt, reason } = decision;
  return { outcome, code, padLevel, policyVersion, decidedAt, guidance: meaningOf(reason).guidance ?? null };
}

export function reviewView(
  decision: DecisionEntity,
  results: readonly StageResultEntity[],
  duplicates: readonly DuplicateMatch[],
): ReviewView {
  const { reason, score, threshold, comparisons, duplicateCheck } = decision;
  const { requiredPadLevel, models, gates, thresholds: padThresholds } = decision;
  return {
    ...{ reason, score, threshold, comparisons, duplicateCheck, duplicates },
    ...{ requiredPadLevel, models, gates, padThresholds },
    signals: Object.fromEntries(results.map(({ stage, scalars }) => [stage, scalars])),
  };
}
