import type { EntityManager } from 'typeorm';
import type { EnrolmentPolicy, ReferenceMode } from '#biometrics';
import { ProblemError } from '#errors';
import { type Assurance, findReferences } from '#subjects';
import { recentVerification } from './authorisation.js';

/** What an enrolment is to add, and by whose leave. */
export interface EnrolmentOrder {
  readonly mode: ReferenceMode;
  readonly assurance?: Assurance;
  /** Why an operator does without a recent verification. */
  readonly overrideReason?: string;
}

export interface EnrolmentPlan {
  readonly mode: ReferenceMode;
  readonly assurance: Assurance;
  readonly authorisedBy: string | null;
  readonly overrideReason: string | null;
  /** The capture has to be started before, because its authorisation ends then. */
  readonly notAfter: Date | null;
}

/**
 * Tells whether and on what grounds the enrolment may begin; the caller holds the subject's lock, and the decision asks again.
 * @param usableModels see {@link refuseOutdated}
 * @throws ProblemError already_enrolled, not_enrolled, references_full, reference_outdated, recent_verification_required
 */
export async function planEnrolment(
  manager: EntityManager,
  subjectId: string,
  order: EnrolmentOrder,
  policy: EnrolmentPolicy,
  usableModels: ReadonlySet<string> | null,
): Promise<EnrolmentPlan> {
  const { mode } = order;
  const references = await findReferences(manager, subjectId);
  const [first] = references;
  const plan = {
    mode,
    assurance: order.assurance ?? first?.assurance ?? 'self_asserted',
    authorisedBy: null,
    overrideReason: order.overrideReason ?? null,
    notAfter: null,
  };
  if (mode === 'first') {
    if (first) throw new ProblemError('already_enrolled');
    return plan;
  }
  if (!first) throw new ProblemError('not_enrolled');
  if (mode === 'additional' && references.length >= policy.maxReferences)
    throw new ProblemError('references_full');
  if (plan.overrideReason !== null) return plan;
  refuseOutdated(references, usableModels);
  const verification = await recentVerification(manager, subjectId, policy);
  if (!verification) throw new ProblemError('recent_verification_required');
  const notAfter = new Date(verification.decidedAt.getTime() + policy.verificationWindowSeconds * 1_000);
  return { ...plan, authorisedBy: verification.id, notAfter };
}

/**
 * @param usableModels of which the running workers make templates; null when none of them says so, and then nothing is refused
 * @throws ProblemError reference_outdated when no reference could be compared with their templates
 */
export function refuseOutdated(
  references: readonly { readonly modelId: string }[],
  usableModels: ReadonlySet<string> | null,
): void {
  if (usableModels && !references.some(({ modelId }) => usableModels.has(modelId)))
    throw new ProblemError('reference_outdated');
}
