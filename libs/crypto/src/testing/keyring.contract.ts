import { type KeyContext } from '../aad.js';
import { generateDataKey } from '../data-key.js';
import { DecryptionError, UnknownKeyError } from '../errors.js';
import { type Keyring } from '../keyring.js';

/** One keyring in the three states of a key's life. */
export interface KeyringLife {
  readonly original: Keyring;
  /** New KEKs and a new derivation entry are active, the original ones still held. */
  readonly rotated: Keyring;
  /** The original KEKs and derivation entry are destroyed. */
  readonly retired: Keyring;
}

const context: KeyContext = { tenantId: 'tenant-1', ownerKind: 'subject', ownerId: 'subject-1' };

/** What every implementation of the `Keyring` port must do. */
export function describeKeyring(name: string, make: () => Promise<KeyringLife>): void {
  describe(`keyring contract: ${name}`, () => {
    let life: KeyringLife;

    beforeAll(async () => {
      life = await make();
    });

    it('unwraps what it wrapped, under the active KEK', async () => {
      const dataKey = generateDataKey();
      const wrapped = await life.original.wrap(dataKey, context);

      expect(wrapped.kekId).toBe(life.original.activeKekId);
      expect(wrapped.ciphertext.includes(dataKey.expose())).toBe(false);
      expect((await life.original.unwrap(wrapped, context)).expose()).toEqual(dataKey.expose());
    });

    it('wraps the same key differently each time', async () => {
      const dataKey = generateDataKey();
      const [first, second] = [
        await life.original.wrap(dataKey, context),
        await life.original.wrap(dataKey, context),
      ];

      expect(first.ciphertext).not.toEqual(second.ciphertext);
    });

    it.each<[string, Partial<KeyContext>]>([
      ['tenant', { tenantId: 'tenant-2' }],
      ['owner', { ownerId: 'subject-2' }],
      ['kind of owner', { ownerKind: 'capture' }],
    ])('refuses to unwrap for another %s', async (_, other) => {
      const wrapped = await life.original.wrap(generateDataKey(), context);

      await expect(life.original.unwrap(wrapped, { ...context, ...other })).rejects.toThrow(DecryptionError);
    });

    it('refuses altered bytes, and a wrapped key relabelled with another KEK', async () => {
      const wrapped = await life.original.wrap(generateDataKey(), context);
      const altered = Buffer.from(wrapped.ciphertext);
      altered.writeUInt8(altered.readUInt8(altered.length - 1) ^ 1, altered.length - 1);

      await expect(life.original.unwrap({ ...wrapped, ciphertext: altered }, context)).rejects.toThrow(
        DecryptionError,
      );
      await expect(
        life.rotated.unwrap({ ...wrapped, kekId: life.rotated.activeKekId }, context),
      ).rejects.toThrow(DecryptionError);
    });

    it('keeps old keys readable after rotation, and re-wraps them for the time after', async () => {
      const dataKey = generateDataKey();
      const old = await life.original.wrap(dataKey, context);
      const renewed = await life.rotated.rewrap(old, context);

      expect(renewed.kekId).toBe(life.rotated.activeKekId);
      expect(renewed.kekId).not.toBe(old.kekId);
      expect((await life.rotated.unwrap(old, context)).expose()).toEqual(dataKey.expose());
      expect((await life.retired.unwrap(renewed, context)).expose()).toEqual(dataKey.expose());
    });

    it('says which KEK is unknown', async () => {
      const old = await life.original.wrap(generateDataKey(), context);

      await expect(life.retired.unwrap(old, context)).rejects.toThrow(new UnknownKeyError(old.kekId));
      await expect(life.retired.rewrap(old, context)).rejects.toThrow(UnknownKeyError);
    });

    it('refuses to wrap a disposed key', async () => {
      const dataKey = generateDataKey();
      dataKey.dispose();

      await expect(life.original.wrap(dataKey, context)).rejects.toThrow('disposed');
    });

    it('wraps the secrets of templates by KEKs of their own, which open nothing else', async () => {
      const secret = generateDataKey();
      const wrapped = await life.original.wrap(secret, context, 'templates');

      expect(wrapped.kekId).toBe(life.original.activeTemplateKekId);
      expect(wrapped.kekId).not.toBe(life.original.activeKekId);
      expect((await life.original.unwrap(wrapped, context, 'templates')).expose()).toEqual(secret.expose());
      await expect(life.original.unwrap(wrapped, context)).rejects.toThrow(UnknownKeyError);
      await expect(
        life.original.unwrap(await life.original.wrap(secret, context), context, 'templates'),
      ).rejects.toThrow(UnknownKeyError);
      const renewed = await life.rotated.rewrap(wrapped, context, 'templates');
      expect(renewed.kekId).toBe(life.rotated.activeTemplateKekId);
      await expect(life.retired.unwrap(wrapped, context, 'templates')).rejects.toThrow(UnknownKeyError);
    });

    it('derives stable keys separated by label and by entry', async () => {
      const replay = await life.original.deriveKey('replay');

      expect(replay).toHaveLength(32);
      expect(await life.original.deriveKey('replay')).toEqual(replay);
      expect(await life.original.deriveKey('template-transform')).not.toEqual(replay);
      expect(await life.rotated.deriveKey('replay')).not.toEqual(replay);
      expect(await life.rotated.deriveKey('replay', life.original.activeDerivationId)).toEqual(replay);
    });

    it('derives nothing from a destroyed entry, from an encryption key or under no label', async () => {
      const gone = life.original.activeDerivationId;

      await expect(life.retired.deriveKey('replay', gone)).rejects.toThrow(new UnknownKeyError(gone));
      await expect(life.original.deriveKey('replay', life.original.activeKekId)).rejects.toThrow(
        UnknownKeyError,
      );
      await expect(life.original.deriveKey('')).rejects.toThrow(RangeError);
    });
  });
}
