import { type Aad } from './aad.js';
import { generateDataKey } from './data-key.js';
import { open, seal } from './envelope.js';
import { type Keyring } from './keyring.js';

/** A small secret as a row keeps it: sealed under a data key of its own, and that key wrapped (its ciphertext in base64). */
export interface SealedRecord {
  readonly wrappedKey: { readonly kekId: string; readonly ciphertext: string };
  readonly sealed: Buffer;
}

/** @throws RangeError on incomplete associated data */
export async function sealRecord(
  keyring: Keyring,
  plaintext: string | Uint8Array,
  aad: Aad,
): Promise<SealedRecord> {
  const key = generateDataKey();
  try {
    const { kekId, ciphertext } = await keyring.wrap(key, aad);
    const sealed = seal(key, typeof plaintext === 'string' ? Buffer.from(plaintext) : plaintext, aad);
    return { wrappedKey: { kekId, ciphertext: ciphertext.toString('base64') }, sealed };
  } finally {
    key.dispose();
  }
}

/** The plaintext of `sealRecord`. @throws UnknownKeyError, DecryptionError */
export async function openRecord(
  keyring: Keyring,
  { wrappedKey, sealed }: SealedRecord,
  aad: Aad,
): Promise<Buffer> {
  const { kekId, ciphertext } = wrappedKey;
  const key = await keyring.unwrap({ kekId, ciphertext: Buffer.from(ciphertext, 'base64') }, aad);
  try {
    return open(key, sealed, aad);
  } finally {
    key.dispose();
  }
}
