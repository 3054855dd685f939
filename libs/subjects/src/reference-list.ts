import { recordAudit } from '#audit';
import type { ReferenceBasis } from '#biometrics';
import type { UnitOfWork } from '#database';
import { ProblemError } from '#errors';
import type { Assurance, ReferenceEntity } from './reference.entity.js';
import { deleteReferences, findReferences, type OnReferencesDeleted } from './references.js';
import { SubjectEntity } from './subject.entity.js';
import { type Caller, lockSubject } from './subjects.js';

/** A reference as an integrator sees it: where it came from, nothing of the face. */
export interface ReferenceView {
  readonly id: string;
  readonly captureId: string;
  readonly assurance: Assurance;
  readonly basis: ReferenceBasis;
  readonly createdAt: Date;
}

/** The references of a subject, one by one. */
export class References {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly onDeleted: OnReferencesDeleted,
  ) {}

  /** Oldest first. @throws ProblemError subject_not_found */
  list(tenantId: string, subjectId: string): Promise<ReferenceView[]> {
    return this.unitOfWork.inTenant(tenantId, async (manager) => {
      if (!(await manager.existsBy(SubjectEntity, { id: subjectId })))
        throw new ProblemError('subject_not_found');
      return (await findReferences(manager, subjectId)).map(view);
    });
  }

  /** Deletes one; without its last one the subject is not enrolled. @throws ProblemError subject_not_found, reference_not_found */
  remove(caller: Caller, subjectId: string, referenceId: string): Promise<void> {
    return this.unitOfWork.inTenant(caller.tenantId, async (manager) => {
      await lockSubject(manager, subjectId);
      const references = await findReferences(manager, subjectId);
      if (!references.some(({ id }) => id === referenceId)) throw new ProblemError('reference_not_found');
      await deleteReferences(manager, caller, { subjectId, ids: [referenceId] }, this.onDeleted);
      await recordAudit(manager, caller.tenantId, {
        action: 'reference.deleted',
        outcome: 'success',
        actor: caller.actor,
        target: { kind: 'subject', id: subjectId },
        correlationId: caller.correlationId,
        detail: { referenceId, remaining: references.length - 1 },
      });
    });
  }
}

function view({ id, captureId, assurance, basis, createdAt }: ReferenceEntity): ReferenceView {
  return { id, captureId, assurance, basis, createdAt };
}
