import type { Aad, DataKey, Keyring } from '#crypto';
import { fromStoredKey, type StoredKey, subjectPrefix } from '#subjects';

/** What is needed to place and to seal the bytes of a capture. */
export interface BlobOwner {
  readonly id: string;
  readonly tenantId: string;
  readonly subjectId: string | null;
}

/** All blobs of a capture lie under this prefix, itself under its subject's where there is one. */
export function capturePrefix({ tenantId, subjectId, id }: BlobOwner): string {
  return subjectId ? `${subjectPrefix(tenantId, subjectId)}c/${id}/` : `t/${tenantId}/c/${id}/`;
}

/** Unwraps the data key that seals the capture: its subject's, or its own when it has no subject. */
export function unwrapCaptureKey(keyring: Keyring, owner: BlobOwner, stored: StoredKey): Promise<DataKey> {
  const { ownerKind, ownerId } = keyOwner(owner);
  return keyring.unwrap(fromStoredKey(stored), { tenantId: owner.tenantId, ownerKind, ownerId });
}

export function frameAad(owner: BlobOwner, index: number): Aad {
  return { tenantId: owner.tenantId, ...keyOwner(owner), kind: 'frame', name: `${owner.id}/${index}` };
}

/** Of a stage's output: its name, and for a template the model it is of. */
export function outputAad(owner: BlobOwner, name: string, model?: string): Aad {
  return {
    tenantId: owner.tenantId,
    ...keyOwner(owner),
    kind: 'output',
    name: `${owner.id}/${name}`,
    ...(model && { model }),
  };
}

function keyOwner(owner: BlobOwner): Pick<Aad, 'ownerKind' | 'ownerId'> {
  return owner.subjectId
    ? { ownerKind: 'subject', ownerId: owner.subjectId }
    : { ownerKind: 'capture', ownerId: owner.id };
}
