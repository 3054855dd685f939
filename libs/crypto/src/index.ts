export { type Aad, encodeAad, type KeyContext, type OwnerKind } from './aad.js';
export { DataKey, generateDataKey } from './data-key.js';
export { constantTimeEqual, hmacSha256, randomToken, sha256Hex } from './digests.js';
export { envKeyring } from './env-keyring.js';
export { open, seal, SEAL_BYTES } from './envelope.js';
export { DecryptionError, DisposedKeyError, KeyringError, UnknownKeyError } from './errors.js';
export { fileKeyring } from './file-keyring.js';
export { type Keyring, type WrappedKey } from './keyring.js';
export { generateKeyring, rotateKeyring } from './keyring-format.js';
