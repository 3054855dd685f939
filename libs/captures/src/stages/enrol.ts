import type { EntityManager } from 'typeorm';
import { recordAudit, SYSTEM_ACTOR } from '#audit';
import type { ReferenceBasis } from '#biometrics';
import {
  type Assurance,
  deleteReferences,
  findReferences,
  type OnReferencesDeleted,
  storeReference,
  SubjectEntity,
} from '#subjects';
import type { CaptureEntity } from '../entities/capture.entity.js';
import type { DecisionMaterial } from './decision-material.js';

/** Stores the reference of an accepted enrolment, in its decision's transaction and under the subject's lock. */
export async function enrol(
  manager: EntityManager,
  subject: SubjectEntity,
  capture: CaptureEntity,
  material: DecisionMaterial,
  basis: ReferenceBasis,
  onReplaced: OnReferencesDeleted,
): Promise<void> {
  const { dataKey, probe, turned, index, drawnKey } = material;
  const { id: captureId, tenantId, referenceMode } = capture;
  const { id: subjectId } = subject;
  if (!probe || !turned) throw new Error('An accepted enrolment has a probe');
  material.requireCurrent(subject);
  if (drawnKey) await manager.update(SubjectEntity, { id: subjectId }, { templateKey: drawnKey });
  const replaced = referenceMode === 'replacement' ? await findReferences(manager, subjectId) : [];
  const assurance = capture.assurance as Assurance;
  const reference = { tenantId, subjectId, captureId, assurance, basis };
  const referenceId = await storeReference(manager, reference, turned, dataKey);
  const by = { tenantId, actor: SYSTEM_ACTOR, correlationId: capture.correlationId };
  await deleteReferences(manager, by, { subjectId, ids: replaced.map(({ id }) => id) }, onReplaced);
  await index?.add(manager, { referenceId, subjectId }, index.turn(probe));
  await recordAudit(manager, tenantId, {
    action: 'reference.created',
    outcome: 'success',
    actor: SYSTEM_ACTOR,
    target: { kind: 'subject', id: subjectId },
    correlationId: capture.correlationId,
    detail: { referenceId, captureId, assurance, basis, model: probe.modelId, replaced: replaced.length },
  });
}
