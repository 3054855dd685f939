import { v7 as uuid } from 'uuid';
import { TEMPLATE_DIM, TemplateTransform, transformBytes } from '#biometrics';
import {
  type DataKey,
  deriveSubkey,
  generateDataKey,
  type KeyContext,
  type Keyring,
  keystream,
} from '#crypto';
import { fromStoredKey, type StoredKey, toStoredKey } from './stored-key.js';

/** The secret that an owner's templates are turned by, as PostgreSQL keeps it: wrapped by the keyring's KEKs for templates. */
export interface StoredTemplateKey extends StoredKey {
  /** Drawn anew with every secret; stands beside each template that it turned. */
  readonly id: string;
  /** Of the transform's construction, frozen by a golden vector. */
  readonly version: 1;
}

const LABEL = 'template-transform/v1';

/** A template secret in clear, for as long as one use takes. */
export class TemplateKey {
  private constructor(
    readonly stored: StoredTemplateKey,
    private readonly owner: KeyContext,
    private readonly secret: DataKey,
  ) {}

  /** A fresh one, wrapped by the active KEK but not stored yet. */
  static async draw(keyring: Keyring, owner: KeyContext): Promise<TemplateKey> {
    const secret = generateDataKey();
    const wrapped = await keyring.wrap(secret, owner, 'templates');
    return new TemplateKey({ id: uuid(), version: 1, ...toStoredKey(wrapped) }, owner, secret);
  }

  /** @throws UnknownKeyError when its KEK was destroyed; RangeError on a construction this release does not know */
  static async open(keyring: Keyring, owner: KeyContext, stored: StoredTemplateKey): Promise<TemplateKey> {
    if (stored.version !== 1) throw new RangeError('The template key is of an unknown version');
    return new TemplateKey(stored, owner, await keyring.unwrap(fromStoredKey(stored), owner, 'templates'));
  }

  /** The transform of one model's templates; those of two models, or two owners, have nothing in common. */
  transform(modelId: string, dim = TEMPLATE_DIM): TemplateTransform {
    const { tenantId, ownerKind, ownerId } = this.owner;
    const key = deriveSubkey(this.secret.expose(), LABEL, tenantId, ownerKind, ownerId, modelId);
    const stream = keystream(key, transformBytes(dim));
    try {
      return TemplateTransform.fromKeystream(this.stored.id, modelId, dim, stream);
    } finally {
      key.fill(0);
      stream.fill(0);
    }
  }

  dispose(): void {
    this.secret.dispose();
  }
}
