import { hkdf } from 'node:crypto';
import { promisify } from 'node:util';
import { encodeKeyContext, type KeyContext } from './aad.js';
import { lengthPrefixed } from './canonical.js';
import { DataKey, KEY_BYTES } from './data-key.js';
import { UnknownKeyError } from './errors.js';
import { gcmOpen, gcmSeal } from './gcm.js';
import { type Keyring, type WrappedKey } from './keyring.js';
import { type KeyringMaterial, type KeySet } from './keyring-format.js';

const DERIVE_DOMAIN = 'secure-biometric/derive/v1';
const hkdfAsync = promisify(hkdf);

/** A keyring whose keys are in this process's memory. */
export class LocalKeyring implements Keyring {
  readonly #material: KeyringMaterial;

  constructor(material: KeyringMaterial) {
    this.#material = material;
  }

  get activeKekId(): string {
    return this.#material.encryption.active;
  }

  get activeDerivationId(): string {
    return this.#material.derivation.active;
  }

  async wrap(dataKey: DataKey, context: KeyContext): Promise<WrappedKey> {
    const kekId = this.activeKekId;
    const kek = find(this.#material.encryption, kekId);
    const ciphertext = gcmSeal(kek, dataKey.expose(), encodeKeyContext(kekId, context));
    return Promise.resolve({ kekId, ciphertext });
  }

  async unwrap(wrapped: WrappedKey, context: KeyContext): Promise<DataKey> {
    const kek = find(this.#material.encryption, wrapped.kekId);
    const bytes = gcmOpen(kek, wrapped.ciphertext, encodeKeyContext(wrapped.kekId, context));
    try {
      return await Promise.resolve(DataKey.fromBytes(bytes));
    } finally {
      bytes.fill(0);
    }
  }

  async rewrap(wrapped: WrappedKey, context: KeyContext): Promise<WrappedKey> {
    const dataKey = await this.unwrap(wrapped, context);
    try {
      return await this.wrap(dataKey, context);
    } finally {
      dataKey.dispose();
    }
  }

  async deriveKey(label: string, derivationId = this.activeDerivationId): Promise<Buffer> {
    if (label === '') throw new RangeError('A derivation label is not empty');
    const input = find(this.#material.derivation, derivationId);
    const info = lengthPrefixed(DERIVE_DOMAIN, label);
    return Buffer.from(await hkdfAsync('sha256', input, new Uint8Array(), info, KEY_BYTES));
  }
}

function find(set: KeySet, id: string): Buffer {
  const key = set.keys.get(id);
  if (!key) throw new UnknownKeyError(id);
  return key;
}
