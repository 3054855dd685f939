import { meaningOf } from '#biometrics';
import type { UnitOfWork } from '#database';
import { type Stage, STAGES } from '#queue';
import { findCapture } from './capture.repository.js';
import { isInFlight } from './capture.state.js';
import type { CaptureEntity } from './entities/capture.entity.js';
import { DecisionEntity } from './entities/decision.entity.js';
import { type Scalars, StageResultEntity } from './entities/stage-result.entity.js';

export interface StageView {
  readonly stage: Stage;
  readonly status: 'pending' | 'running' | StageResultEntity['status'];
  readonly durationMs: number | null;
}

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
  readonly requiredPadLevel: DecisionEntity['requiredPadLevel'];
  readonly models: DecisionEntity['models'];
  /** What each stage measured. */
  readonly signals: Readonly<Partial<Record<Stage, Scalars>>>;
}

export interface CaptureView {
  readonly id: string;
  readonly purpose: CaptureEntity['purpose'];
  readonly subjectId: string | null;
  readonly state: CaptureEntity['state'];
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly submitBy: Date | null;
  readonly submittedAt: Date | null;
  readonly stages: readonly StageView[];
  readonly decision: DecisionView | null;
  readonly review?: ReviewView | null;
}

export class ReadCapture {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws ProblemError capture_not_found */
  execute(tenantId: string, id: string, forReviewer: boolean): Promise<CaptureView> {
    return this.unitOfWork.inTenant(tenantId, async (manager) => {
      const capture = await findCapture(manager, id);
      const results = await manager.findBy(StageResultEntity, { captureId: id });
      const decision = await manager.findOneBy(DecisionEntity, { captureId: id });
      return {
        id,
        purpose: capture.purpose,
        subjectId: capture.subjectId,
        state: capture.state,
        createdAt: capture.createdAt,
        expiresAt: capture.expiresAt,
        submitBy: capture.submitBy,
        submittedAt: capture.submittedAt,
        stages: capture.submittedAt ? STAGES.map((stage) => stageView(stage, capture, results)) : [],
        decision: decision && decisionView(decision),
        ...(forReviewer && { review: decision && reviewView(decision, results) }),
      };
    });
  }
}

function stageView(stage: Stage, capture: CaptureEntity, results: readonly StageResultEntity[]): StageView {
  const result = results.find((candidate) => candidate.stage === stage);
  if (result)
    return {
      stage,
      status: result.status,
      durationMs: result.finishedAt.getTime() - result.startedAt.getTime(),
    };
  if (!isInFlight(capture.state)) return { stage, status: 'skipped', durationMs: null };
  const running = capture.stage === stage && capture.stageStartedAt !== null;
  return { stage, status: running ? 'running' : 'pending', durationMs: null };
}

function decisionView(decision: DecisionEntity): DecisionView {
  const { outcome, code, padLevel, policyVersion, decidedAt } = decision;
  return {
    outcome,
    code,
    padLevel,
    policyVersion,
    decidedAt,
    guidance: meaningOf(decision.reason).guidance ?? null,
  };
}

function reviewView(decision: DecisionEntity, results: readonly StageResultEntity[]): ReviewView {
  const { reason, score, threshold, requiredPadLevel, models } = decision;
  const signals = Object.fromEntries(results.map(({ stage, scalars }) => [stage, scalars]));
  return { reason, score, threshold, requiredPadLevel, models, signals };
}
