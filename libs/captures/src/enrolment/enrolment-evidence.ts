import type { EntityManager } from 'typeorm';
import type { EnrolmentEvidence, EnrolmentPolicy } from '#biometrics';
import type { CaptureEntity } from '../entities/capture.entity.js';
import { basisOf } from './authorisation.js';

/**
 * What the decision of an enrolment rests on besides, at this moment and under the subject's lock; null for the other purposes. Nobody is
 * taken for a duplicate yet.
 */
export async function enrolmentEvidence(
  manager: EntityManager,
  capture: CaptureEntity,
  policy: EnrolmentPolicy,
  { references, consistency }: { references: number; consistency: unknown },
): Promise<EnrolmentEvidence | null> {
  if (capture.purpose !== 'enrolment') return null;
  return {
    mode: capture.referenceMode ?? 'first',
    basis: await basisOf(manager, capture, policy, references),
    consistency: typeof consistency === 'number' && Number.isFinite(consistency) ? consistency : null,
    duplicateCheck: 'passed',
  };
}
