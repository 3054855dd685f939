import { type KeyContext } from './aad.js';
import { type DataKey } from './data-key.js';

/** A data key encrypted under a key-encryption key (KEK); safe to store. */
export interface WrappedKey {
  readonly kekId: string;
  /** Opaque to everyone but the keyring that made it. */
  readonly ciphertext: Buffer;
}

/** Holds the key-encryption keys and the derivation keys; asynchronous, because they may live in a KMS. */
export interface Keyring {
  /** The KEK that wraps from now on; rotation makes another one active while older ones still unwrap. */
  readonly activeKekId: string;
  /** The entry `deriveKey` uses by default; store it beside whatever outlives its rotation. */
  readonly activeDerivationId: string;

  /** Encrypts `dataKey` under the active KEK, bound to its owner. */
  wrap(dataKey: DataKey, context: KeyContext): Promise<WrappedKey>;

  /** @throws UnknownKeyError if the KEK is not held; DecryptionError for another owner or altered bytes. */
  unwrap(wrapped: WrappedKey, context: KeyContext): Promise<DataKey>;

  /** The same data key under the active KEK. @throws like `unwrap`. */
  rewrap(wrapped: WrappedKey, context: KeyContext): Promise<WrappedKey>;

  /**
   * A 32-byte sub-key for HMACs and secret transforms: HKDF-SHA-256 (RFC 5869, empty salt) of a derivation entry, which
   * never encrypts, separated by `label` (not empty). The caller owns and may wipe the buffer.
   * @throws UnknownKeyError if the entry is not held; RangeError on an empty label.
   */
  deriveKey(label: string, derivationId?: string): Promise<Buffer>;
}
