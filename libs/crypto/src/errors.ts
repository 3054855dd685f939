/** The keyring is missing, unsafe or malformed; messages name key ids and reasons, never values. */
export class KeyringError extends Error {
  override readonly name = 'KeyringError';
}

/** A key id that the keyring does not hold (destroyed, or written by another keyring). */
export class UnknownKeyError extends Error {
  override readonly name = 'UnknownKeyError';

  constructor(readonly keyId: string) {
    super(`The keyring holds no key "${keyId}"`);
  }
}

/** Sealed bytes, their associated data or the key are not the ones used to seal; it never says which. */
export class DecryptionError extends Error {
  override readonly name = 'DecryptionError';

  constructor() {
    super('Decryption failed');
  }
}

/** A data key was used after `dispose()`, which would otherwise encrypt under zeros. */
export class DisposedKeyError extends Error {
  override readonly name = 'DisposedKeyError';

  constructor() {
    super('The data key has been disposed of');
  }
}
