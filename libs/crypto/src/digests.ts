import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { lengthPrefixed, utf8 } from './canonical.js';

const MIN_HMAC_KEY_BYTES = 32;
const MIN_TOKEN_BYTES = 16;

const bytesOf = (value: string | Uint8Array): Uint8Array => (typeof value === 'string' ? utf8(value) : value);

/** Equality in time independent of the content; unequal lengths are unequal at once, as lengths are public. */
export function constantTimeEqual(a: string | Uint8Array, b: string | Uint8Array): boolean {
  const [left, right] = [bytesOf(a), bytesOf(b)];
  return left.byteLength === right.byteLength && timingSafeEqual(left, right);
}

/**
 * HMAC-SHA-256 (RFC 2104) over the length-prefixed parts, so that ("ab","c") and ("a","bc") differ.
 * @returns 32 bytes. @throws RangeError on a key under 32 bytes.
 */
export function hmacSha256(key: Uint8Array, ...parts: readonly (string | Uint8Array)[]): Buffer {
  if (key.byteLength < MIN_HMAC_KEY_BYTES)
    throw new RangeError(`An HMAC key has at least ${MIN_HMAC_KEY_BYTES} bytes`);
  return createHmac('sha256', key)
    .update(lengthPrefixed(...parts))
    .digest();
}

/** SHA-256 (FIPS 180-4) as 64 lower-case hexadecimal digits; text is hashed as UTF-8. */
export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(bytesOf(data)).digest('hex');
}

/** A random token in base64url of `bytes` (≥ 16) bytes from the system's CSPRNG. @throws RangeError */
export function randomToken(bytes = 32): string {
  if (!Number.isInteger(bytes) || bytes < MIN_TOKEN_BYTES) {
    throw new RangeError(`A token has at least ${MIN_TOKEN_BYTES} random bytes`);
  }
  return randomBytes(bytes).toString('base64url');
}
