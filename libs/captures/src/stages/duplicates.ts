import type { EntityManager } from 'typeorm';
import { decide, type DuplicateCheck, type Evidence, type Policy } from '#biometrics';
import type { DuplicateMatch } from '#subjects';
import type { CaptureEntity } from '../entities/capture.entity.js';
import type { DecisionMaterial } from './decision-material.js';

export interface DuplicateFindings {
  readonly check: DuplicateCheck;
  readonly matches: readonly DuplicateMatch[];
}

export const NO_DUPLICATES: DuplicateFindings = { check: 'off', matches: [] };

/**
 * Looks for other subjects with the face of an enrolment that would be accepted otherwise: nobody else's face is searched for.
 * @param evidence as if nobody had been found
 */
export async function searchDuplicates(
  manager: EntityManager,
  capture: CaptureEntity,
  policy: Policy,
  evidence: Evidence,
  { index, probe }: DecisionMaterial,
): Promise<DuplicateFindings> {
  if (!index || !probe || !capture.subjectId || decide(evidence, policy).outcome !== 'accepted')
    return NO_DUPLICATES;
  await index.lock(manager);
  const { matches, complete } = await index.search(manager, index.turn(probe), {
    except: capture.subjectId,
    threshold: policy.enrolment.duplicateThreshold,
  });
  if (matches.length > 0) return { check: 'found', matches };
  return { check: complete ? 'passed' : 'incomplete', matches };
}
