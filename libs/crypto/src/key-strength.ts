import { KEY_BYTES } from './data-key.js';

const MIN_DISTINCT_BYTES = 16;

/**
 * Why `bytes` cannot be a key from a random generator, or undefined. Each rule refuses a random key with probability
 * below 1e-13: 32 random bytes hold about 30 distinct values, are not all printable, and do not count up.
 */
export function weakness(bytes: Uint8Array): string | undefined {
  if (bytes.byteLength !== KEY_BYTES) return `has ${bytes.byteLength} bytes, not ${KEY_BYTES}`;
  if (new Set(bytes).size < MIN_DISTINCT_BYTES) return 'is weak: few distinct bytes';
  if (bytes.every((byte) => byte >= 0x20 && byte < 0x7f)) return 'is weak: text, not random bytes';
  const step = difference(bytes, 1);
  if (bytes.every((_, index) => index === 0 || difference(bytes, index) === step))
    return 'is weak: a sequence';
  return undefined;
}

function difference(bytes: Uint8Array, index: number): number {
  return ((bytes[index] ?? 0) - (bytes[index - 1] ?? 0)) & 0xff;
}
