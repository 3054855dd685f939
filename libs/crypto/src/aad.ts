import { lengthPrefixed, utf8 } from './canonical.js';

export type OwnerKind = 'subject' | 'capture' | 'tenant' | 'idempotency_key' | 'webhook_endpoint';

/** Whose data key it is; bound to the wrapped key so that it cannot be moved to another owner. */
export interface KeyContext {
  readonly tenantId: string;
  readonly ownerKind: OwnerKind;
  readonly ownerId: string;
}

/** What sealed bytes are and whose; bound to the ciphertext so that it cannot be moved or reinterpreted. */
export interface Aad extends KeyContext {
  /** What the plaintext is, e.g. `frame`, `template`, `landmarks`. */
  readonly kind: string;
  /** Model that produced it, where there is one. */
  readonly model?: string;
  /** Which one of its kind, e.g. the frame's index. */
  readonly name?: string;
}

const AAD_DOMAIN = 'secure-biometric/aad/v1';
const KEY_WRAP_DOMAIN = 'secure-biometric/key-wrap/v1';

/**
 * Canonical associated data: length-prefixed domain, tenantId, ownerKind, ownerId, kind, model, name. Injective: an
 * absent optional field has length 0, a present one starts with byte 0x01.
 * @throws RangeError on an empty required field or ill-formed Unicode.
 */
export function encodeAad(aad: Aad): Buffer {
  return lengthPrefixed(
    AAD_DOMAIN,
    ...owner(aad),
    required(aad.kind),
    optional(aad.model),
    optional(aad.name),
  );
}

/** Associated data of a wrapped data key: length-prefixed domain, kekId, tenantId, ownerKind, ownerId. */
export function encodeKeyContext(kekId: string, context: KeyContext): Buffer {
  return lengthPrefixed(KEY_WRAP_DOMAIN, required(kekId), ...owner(context));
}

function owner(context: KeyContext): string[] {
  return [required(context.tenantId), required(context.ownerKind), required(context.ownerId)];
}

function required(value: string): string {
  if (typeof value !== 'string' || value === '')
    throw new RangeError('Associated data lacks a required field');
  return value;
}

function optional(value: string | undefined): Uint8Array {
  return value === undefined ? Buffer.alloc(0) : Buffer.concat([Buffer.of(1), utf8(value)]);
}
