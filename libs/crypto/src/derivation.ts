import { createCipheriv, hkdfSync } from 'node:crypto';
import { lengthPrefixed } from './canonical.js';
import { KEY_BYTES } from './data-key.js';

const DERIVE_DOMAIN = 'secure-biometric/derive/v1';

/**
 * A 32-byte sub-key: HKDF-SHA-256 (RFC 5869, empty salt) of `secret`, its info the length-prefixed domain and label parts, so that
 * ("ab","c") and ("a","bc") differ. The caller owns and may wipe the buffer.
 */
export function deriveSubkey(secret: Uint8Array, ...label: readonly string[]): Buffer {
  return Buffer.from(
    hkdfSync('sha256', secret, new Uint8Array(), lengthPrefixed(DERIVE_DOMAIN, ...label), KEY_BYTES),
  );
}

/**
 * The first `bytes` of the key stream of AES-256-CTR (NIST SP 800-38A) from counter 0: a secret, repeatable source of randomness.
 * A key is for one stream only: derive one for each use.
 */
export function keystream(key: Uint8Array, bytes: number): Buffer {
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(bytes));
}
