import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { decodeTemplate, encodeTemplate, type Template } from '#biometrics';
import { type Aad, type DataKey, open, seal } from '#crypto';
import { type Assurance, ReferenceEntity } from './reference.entity.js';

/** The subject's reference in clear, for the length of one comparison; null when the subject is not enrolled. */
export async function openReference(
  manager: EntityManager,
  subjectId: string,
  dataKey: DataKey,
): Promise<Template | null> {
  const row = await manager.findOne(ReferenceEntity, { where: { subjectId }, order: { ordinal: 'ASC' } });
  return row && decodeTemplate(open(dataKey, row.sealedTemplate, aad(row.tenantId, subjectId, row.modelId)));
}

export function isEnrolled(manager: EntityManager, subjectId: string): Promise<boolean> {
  return manager.existsBy(ReferenceEntity, { subjectId });
}

/** How sure the relying party was of the person at the first enrolment; null when the subject is not enrolled. */
export async function enrolmentAssurance(
  manager: EntityManager,
  subjectId: string,
): Promise<Assurance | null> {
  const row = await manager.findOne(ReferenceEntity, { where: { subjectId }, order: { ordinal: 'ASC' } });
  return row?.assurance ?? null;
}

/** Stores the first reference of a subject; the caller holds the subject's lock, and the unique ordinal guards it besides. */
export async function storeFirstReference(
  manager: EntityManager,
  owner: { tenantId: string; subjectId: string; captureId: string; assurance: Assurance },
  template: Template,
  dataKey: DataKey,
): Promise<string> {
  const id = uuid();
  const { tenantId, subjectId } = owner;
  const sealedTemplate = seal(dataKey, encodeTemplate(template), aad(tenantId, subjectId, template.modelId));
  await manager.insert(ReferenceEntity, {
    ...owner,
    id,
    ordinal: 1,
    modelId: template.modelId,
    sealedTemplate,
  });
  return id;
}

function aad(tenantId: string, subjectId: string, model: string): Aad {
  return { tenantId, ownerKind: 'subject', ownerId: subjectId, kind: 'reference', model };
}
