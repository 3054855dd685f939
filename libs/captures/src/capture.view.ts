import type { EntityManager } from 'typeorm';
import type { UnitOfWork } from '#database';
import type { DuplicateMatch } from '#subjects';
import { findCapture } from './capture.repository.js';
import { type DecisionView, decisionView, type ReviewView, reviewView } from './decision.view.js';
import type { CaptureEntity } from './entities/capture.entity.js';
import { DecisionDuplicateEntity } from './entities/decision-duplicate.entity.js';
import { DecisionEntity } from './entities/decision.entity.js';
import { StageResultEntity } from './entities/stage-result.entity.js';
import { stageTimeline, type StageView } from './stage-timeline.js';

/** A capture as an integrator sees it in a list. */
export interface CaptureSummary {
  readonly id: string;
  readonly purpose: CaptureEntity['purpose'];
  readonly subjectId: string | null;
  readonly state: CaptureEntity['state'];
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly submitBy: Date | null;
  readonly submittedAt: Date | null;
  readonly decision: DecisionView | null;
}

/** A capture as an integrator, the page, and with `review` a reviewer, sees it on its own. */
export interface CaptureView extends CaptureSummary {
  /** In their order; empty before the submission. */
  readonly stages: readonly StageView[];
  /** Null before the decision. */
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
        ...captureSummary(capture, decision && decisionView(decision)),
        stages: stageTimeline(capture, results),
        ...(forReviewer && {
          review: decision && reviewView(decision, results, await duplicatesOf(manager, id)),
        }),
      };
    });
  }
}

async function duplicatesOf(manager: EntityManager, captureId: string): Promise<DuplicateMatch[]> {
  const rows = await manager.find(DecisionDuplicateEntity, {
    where: { captureId },
    order: { score: 'DESC' },
  });
  return rows.map(({ subjectId, score }) => ({ subjectId, score }));
}

/** Names every member, so that no key, digest or code of the row is ever shown by oversight. */
export function captureSummary(
  capture: Omit<CaptureSummary, 'decision'>,
  decision: DecisionView | null,
): CaptureSummary {
  const { id, purpose, subjectId, state, createdAt, expiresAt, submitBy, submittedAt } = capture;
  return { id, purpose, subjectId, state, createdAt, expiresAt, submitBy, submittedAt, decision };
}
