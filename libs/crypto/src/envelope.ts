import { type Aad, encodeAad } from './aad.js';
import { type DataKey } from './data-key.js';
import { gcmOpen, gcmSeal, HEADER_BYTES } from './gcm.js';

/** How many bytes sealing adds. */
export const SEAL_BYTES = HEADER_BYTES;

/**
 * Encrypts and authenticates `plaintext` (may be empty) together with what it is and whose.
 * @returns version(1) | iv(12) | tag(16) | ciphertext: 29 bytes longer than the plaintext.
 * @throws RangeError on incomplete associated data; DisposedKeyError.
 */
export function seal(dataKey: DataKey, plaintext: Uint8Array, aad: Aad): Buffer {
  return gcmSeal(dataKey.expose(), plaintext, encodeAad(aad));
}

/**
 * The plaintext of `seal`, only after its tag was verified.
 * @throws DecryptionError, without details, if a byte, a field of `aad` or the key differs.
 */
export function open(dataKey: DataKey, sealed: Uint8Array, aad: Aad): Buffer {
  return gcmOpen(dataKey.expose(), sealed, encodeAad(aad));
}
