import { compareProtected, fuseScores, type ProtectedTemplate } from '#biometrics';
import type { OpenedReference } from '#subjects';
import type { Comparison } from '../entities/decision.entity.js';

export interface ComparisonFindings {
  readonly isEnrolled: boolean;
  /** All references are of other models than the probe. */
  readonly isOutdated: boolean;
  /** Null when there was nothing to compare. */
  readonly score: number | null;
  readonly comparisons: readonly Comparison[];
}

/**
 * Compares with every reference that the probe can be compared with: of its model, and turned by its key. One that was turned by another
 * key, or by none, counts as there and never as alike.
 * @param modelId of the probe; null without one
 * @param probe turned by the subject's key; null when there is no such key
 */
export function compareWithReferences(
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
    isEnrolled: references.length > 0,
    isOutdated: modelId !== null && references.length > 0 && sameModel.length === 0,
    score: fuseScores(comparisons.map(({ score }) => score)),
    comparisons,
  };
}
