import type { EntityManager } from 'typeorm';
import type { PadLevel } from '#biometrics';
import { findCapture } from './capture.repository.js';
import { DecisionEntity } from './entities/decision.entity.js';

/** That the subject was before the camera, alive, at that moment. */
export interface AcceptedVerification {
  readonly captureId: string;
  readonly subjectId: string;
  readonly decidedAt: Date;
  readonly padLevel: PadLevel;
  /** The references that the probe was compared with. */
  readonly comparedWith: readonly string[];
  /** The relying party's own, from the creation of the capture. */
  readonly relyingPartyNonce: string | null;
}

/** Null when the capture is anything but a decided and accepted verification. @throws ProblemError capture_not_found */
export async function findAcceptedVerification(
  manager: EntityManager,
  captureId: string,
): Promise<AcceptedVerification | null> {
  const { purpose, state, subjectId, relyingPartyNonce } = await findCapture(manager, captureId);
  const decision = await manager.findOneBy(DecisionEntity, { captureId });
  if (purpose !== 'verification' || state !== 'decided' || !subjectId || decision?.outcome !== 'accepted')
    return null;
  const { decidedAt, padLevel, comparisons } = decision;
  const comparedWith = comparisons.map(({ referenceId }) => referenceId);
  return { captureId, subjectId, decidedAt, padLevel, comparedWith, relyingPartyNonce };
}
