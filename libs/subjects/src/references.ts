import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { decodeProtected, encodeProtected, type ProtectedTemplate, type ReferenceBasis } from '#biometrics';
import { type Aad, type DataKey, open, seal } from '#crypto';
import { DuplicateEntryEntity } from './duplicate-index.entity.js';
import { type Assurance, ReferenceEntity } from './reference.entity.js';
import type { Caller } from './subjects.js';

/** A reference for the length of one comparison. */
export interface OpenedReference {
  readonly id: string;
  readonly modelId: string;
  /** Null when it was stored before templates were protected: re-keying protects it. */
  readonly template: ProtectedTemplate | null;
}

export interface NewReference {
  readonly tenantId: string;
  readonly subjectId: string;
  readonly captureId: string;
  readonly assurance: Assurance;
  readonly basis: ReferenceBasis;
}

/** The subject's references in their order, unsealed but still turned; none when the subject is not enrolled. */
export async function openReferences(
  manager: EntityManager,
  subjectId: string,
  dataKey: DataKey,
): Promise<OpenedReference[]> {
  const rows = await findReferences(manager, subjectId);
  return rows.map((row) => ({
    id: row.id,
    modelId: row.modelId,
    template: row.templateKeyId === null ? null : unseal(row, row.templateKeyId, dataKey),
  }));
}

export function findReferences(manager: EntityManager, subjectId: string): Promise<ReferenceEntity[]> {
  return manager.find(ReferenceEntity, { where: { subjectId }, order: { ordinal: 'ASC' } });
}

export function countReferences(manager: EntityManager, subjectId: string): Promise<number> {
  return manager.countBy(ReferenceEntity, { subjectId });
}

/** How sure the relying party was of the person at the first enrolment; null when the subject is not enrolled. */
export async function enrolmentAssurance(
  manager: EntityManager,
  subjectId: string,
): Promise<Assurance | null> {
  const row = await manager.findOne(ReferenceEntity, { where: { subjectId }, order: { ordinal: 'ASC' } });
  return row?.assurance ?? null;
}

/**
 * Stores one more reference; the caller holds the subject's lock, and the unique ordinal guards besides, so that even of two deeds
 * that forgot it one fails.
 * @returns its id
 */
export async function storeReference(
  manager: EntityManager,
  reference: NewReference,
  template: ProtectedTemplate,
  dataKey: DataKey,
): Promise<string> {
  const id = uuid();
  const last = await manager.maximum(ReferenceEntity, 'ordinal', { subjectId: reference.subjectId });
  await manager.insert(ReferenceEntity, {
    ...reference,
    id,
    ordinal: (last ?? 0) + 1,
    modelId: template.modelId,
    templateKeyId: template.keyId,
    sealedTemplate: sealReference({ ...reference, id }, template, dataKey),
  });
  return id;
}

/** What ends together with references that are deleted, in the same transaction, under the subject's lock. */
export type OnReferencesDeleted = (manager: EntityManager, by: Caller, subjectId: string) => Promise<void>;

/** Deletes references of a subject whose lock is held, what the index of duplicates has of them, and what rests on them. */
export async function deleteReferences(
  manager: EntityManager,
  by: Caller,
  { subjectId, ids }: { readonly subjectId: string; readonly ids: readonly string[] },
  onDeleted: OnReferencesDeleted,
): Promise<void> {
  for (const id of ids) {
    await manager.delete(DuplicateEntryEntity, { referenceId: id });
    await manager.delete(ReferenceEntity, { id, subjectId });
  }
  if (ids.length > 0) await onDeleted(manager, by, subjectId);
}

type Owner = Pick<ReferenceEntity, 'id' | 'tenantId' | 'subjectId'>;

export function sealReference(owner: Owner, template: ProtectedTemplate, dataKey: DataKey): Buffer {
  return seal(dataKey, encodeProtected(template), aad(owner, template.modelId, template.keyId));
}

function unseal(row: ReferenceEntity, keyId: string, dataKey: DataKey): ProtectedTemplate {
  return decodeProtected(open(dataKey, row.sealedTemplate, aad(row, row.modelId, keyId)), keyId);
}

function aad({ id, tenantId, subjectId }: Owner, model: string, keyId: string): Aad {
  const name = `${id}/${keyId}`;
  return { tenantId, ownerKind: 'subject', ownerId: subjectId, kind: 'protected-reference', model, name };
}
