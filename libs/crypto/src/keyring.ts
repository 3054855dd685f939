import { type KeyContext } from './aad.js';
import { type DataKey } from './data-key.js';

/** A data key encrypted under a key-encryption key (KEK); safe to store. */
export interface WrappedKey {
  readonly kekId: string;
  /** Opaque to everyone but the keyring that made it. */
  readonly ciphertext: Buffer;
}

/** What a wrapped key is for: the sets of KEKs are apart, so that either can be destroyed, or held by others, alone. */
export type WrapPurpose = 'encryption' | 'templates';

/** Holds the key-encryption keys and the derivation keys; asynchronous, because they may live in a KMS. */
export interface Keyring {
  /** The KEK that wraps from now on; rotation makes another one active while older ones still unwrap. */
  readonly activeKekId: string;
  /** The entry `deriveKey` uses by default; store it beside whatever outlives its rotation. */
  readonly activeDerivationId: string;

  /** The same for the secrets that templates are turned by. */
  readonly activeTemplateKekId: string;

  /** Encrypts `dataKey` under the purpose's active KEK, bound to its owner. */
  wrap(dataKey: DataKey, context: KeyContext, purpose?: WrapPurpose): Promise<WrappedKey>;

  /** @throws UnknownKeyError if the purpose has no such KEK; DecryptionError for another owner or altered bytes. */
  unwrap(wrapped: WrappedKey, context: KeyContext, purpose?: WrapPurpose): Promise<DataKey>;

  /** The same data key under the purpose's active KEK. @throws like `unwrap`. */
  rewrap(wrapped: WrappedKey, context: KeyContext, purpose?: WrapPurpose): Promise<WrappedKey>;

  /**
   * A 32-byte sub-key for HMACs and secret transforms: HKDF-SHA-256 (RFC 5869, empty salt) of a derivation entry, which
   * never encrypts, separated by `label` (not empty). The caller owns and may wipe the buffer.
   * @throws UnknownKeyError if the entry is not held; RangeError on an empty label.
   */
  deriveKey(label: string, derivationId?: string): Promise<Buffer>;
}
