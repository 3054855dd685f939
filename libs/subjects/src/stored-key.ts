import type { WrappedKey } from '#crypto';

/** A wrapped data key as PostgreSQL keeps it. */
export interface StoredKey {
  readonly kekId: string;
  readonly ciphertext: string;
}

export function toStoredKey({ kekId, ciphertext }: WrappedKey): StoredKey {
  return { kekId, ciphertext: ciphertext.toString('base64') };
}

export function fromStoredKey({ kekId, ciphertext }: StoredKey): WrappedKey {
  return { kekId, ciphertext: Buffer.from(ciphertext, 'base64') };
}
