import { encodeKeyContext, type KeyContext } from './aad.js';
import { DataKey } from './data-key.js';
import { deriveSubkey } from './derivation.js';
import { UnknownKeyError } from './errors.js';
import { gcmOpen, gcmSeal } from './gcm.js';
import { type Keyring, type WrapPurpose, type WrappedKey } from './keyring.js';
import { type KeyringMaterial, type KeySet } from './keyring-format.js';

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

  get activeTemplateKekId(): string {
    return this.#material.templates.active;
  }

  async wrap(
    dataKey: DataKey,
    context: KeyContext,
    purpose: WrapPurpose = 'encryption',
  ): Promise<WrappedKey> {
    const kekId = this.#material[purpose].active;
    const kek = find(this.#material[purpose], kekId);
    const ciphertext = gcmSeal(kek, dataKey.expose(), encodeKeyContext(kekId, context));
    return Promise.resolve({ kekId, ciphertext });
  }

  async unwrap(
    wrapped: WrappedKey,
    context: KeyContext,
    purpose: WrapPurpose = 'encryption',
  ): Promise<DataKey> {
    const kek = find(this.#material[purpose], wrapped.kekId);
    const bytes = gcmOpen(kek, wrapped.ciphertext, encodeKeyContext(wrapped.kekId, context));
    try {
      return await Promise.resolve(DataKey.fromBytes(bytes));
    } finally {
      bytes.fill(0);
    }
  }

  async rewrap(wrapped: WrappedKey, context: KeyContext, purpose?: WrapPurpose): Promise<WrappedKey> {
    const dataKey = await this.unwrap(wrapped, context, purpose);
    try {
      return await this.wrap(dataKey, context, purpose);
    } finally {
      dataKey.dispose();
    }
  }

  async deriveKey(label: string, derivationId = this.activeDerivationId): Promise<Buffer> {
    if (label === '') throw new RangeError('A derivation label is not empty');
    return Promise.resolve(deriveSubkey(find(this.#material.derivation, derivationId), label));
  }
}

function find(set: KeySet, id: string): Buffer {
  const key = set.keys.get(id);
  if (!key) throw new UnknownKeyError(id);
  return key;
}
