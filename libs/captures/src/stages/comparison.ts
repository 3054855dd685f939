import type { EntityManager } from 'typeorm';
import { compareProtected, fuseScores, type ProtectedTemplate } from '#biometrics';
import { countReferences, type OpenedReference, openReferences, type SubjectEntity } from '#subjects';
import type { CaptureEntity } from '../entities/capture.entity.js';
import type { Comparison } from '../entities/decision.entity.js';
import type { DecisionMaterial } from './decision-material.js';

export interface ComparisonFindings {
  /** How many references the subject has, comparable or not. */
  readonly references: number;
  /** It has some, and all of them are of other models than the probe. */
  readonly isOutdated: boolean;
  /** Null when there was nothing to compare. */
  readonly score: number | null;
  readonly comparisons: readonly Comparison[];
}

/** Compares the probe with the subject's references, where the capture's purpose asks for that; the caller holds the subject's lock. */
export async function compareWithSubject(
  manager: EntityManager,
  capture: CaptureEntity,
  subject: SubjectEntity | null,
  material: DecisionMaterial,
): Promise<ComparisonFindings> {
  const nothing = { references: 0, isOutdated: false, score: null, comparisons: [] };
  if (!subject) return nothing;
  // A first enrolment that comes too late is not told how much its face resembles the one that is there.
  const isCompared =
    capture.purpose === 'verification' ||
    (capture.purpose === 'enrolment' && (capture.referenceMode ?? 'first') !== 'first');
  if (!isCompared) return { ...nothing, references: await countReferences(manager, subject.id) };
  material.requireCurrent(subject);
  const references = await openReferences(manager, subject.id, material.dataKey);
  return compareWithReferences(material.probe?.modelId ?? null, material.turned, references);
}

/**
 * Compares with every reference that the probe can be compared with: of its model, and turned by its key. One that was turned by another
 * key, or by none, counts as there and never as alike.
 * @param modelId of the probe; null without one
 * @param probe turned by the subject's key; null when there is no such key
 */
function compareWithReferences(
  modelId: string | null,
  probe: ProtectedTemplate | null,
  references: readonly OpenedReference[],
): ComparisonFindings {
  const sameModel = references.filter((reference) => reference.modelId === modelId);
  const comparisons = sameModel.flatMap(({ id, template }) =>
    probe && template?.keyId === probe.keyId
      ? [{ referenceId: id, score: compareProtected(probe, template) }]
      : [],
  );
  return {
    references: references.length,
    isOutdated: modelId !== null && references.length > 0 && sameModel.length === 0,
    score: fuseScores(comparisons.map(({ score }) => score)),
    comparisons,
  };
}
