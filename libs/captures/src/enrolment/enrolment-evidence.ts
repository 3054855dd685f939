import type { EntityManager } from 'typeorm';
import type { EnrolmentEvidence, EnrolmentPolicy } from '#biometrics';
import type { CaptureEntity } from '../entities/capture.entity.js';
import { numberOf, type Scalars } from '../entities/stage-result.entity.js';
import { CONSISTENCY, GROUP_CONSISTENCY } from '../stages/output-names.js';
import { basisOf } from './authorisation.js';

/**
 * What the decision of an enrolment rests on besides, at this moment and under the subject's lock; null for the other purposes. Nobody is
 * taken for a duplicate yet.
 */
export async function enrolmentEvidence(
  manager: EntityManager,
  capture: CaptureEntity,
  policy: EnrolmentPolicy,
  { references, extraction }: { references: number; extraction: Scalars },
): Promise<EnrolmentEvidence | null> {
  if (capture.purpose !== 'enrolment') return null;
  return {
    mode: capture.referenceMode ?? 'first',
    basis: await basisOf(manager, capture, policy, references),
    consistency: numberOf(extraction[CONSISTENCY]),
    groupConsistency: numberOf(extraction[GROUP_CONSISTENCY]),
    duplicateCheck: 'passed',
  };
}
