import { compareProtected, makeTemplate } from '#biometrics';
import {
  DataKey,
  DecryptionError,
  envKeyring,
  generateKeyring,
  rotateKeyring,
  UnknownKeyError,
} from '#crypto';
import { toStoredKey } from './stored-key.js';
import { TemplateKey } from './template-key.js';
import { GOLDEN_TRANSFORM as GOLDEN } from './testing/golden-transform.js';

const owner = { tenantId: 'tenant-1', ownerKind: 'subject', ownerId: 'subject-1' } as const;
const template = makeTemplate(
  GOLDEN.modelId,
  Array.from({ length: 192 }, (_, i) => Math.sin(0.37 * i)),
);
const text = generateKeyring();
const keyring = envKeyring(text);

describe('a template key', () => {
  it('turns as version 1 does for ever', async () => {
    const secret = DataKey.fromBytes(Buffer.from(GOLDEN.secret, 'hex'));
    const wrapped = toStoredKey(await keyring.wrap(secret, owner, 'templates'));
    const key = await TemplateKey.open(keyring, owner, { id: 'key-1', version: 1, ...wrapped });
    const { values, keyId } = key.transform(GOLDEN.modelId).protect(template);
    const golden = Buffer.from(GOLDEN.turned, 'base64');
    expect(keyId).toBe('key-1');
    values.forEach((value, i) => expect(value).toBeCloseTo(golden.readFloatLE(4 * i), 6));
  });

  it('opens again as the same, for its owner only', async () => {
    const drawn = await TemplateKey.draw(keyring, owner);
    const opened = await TemplateKey.open(keyring, owner, drawn.stored);
    const [one, other] = [drawn, opened].map((key) => key.transform(GOLDEN.modelId).protect(template));
    expect(one).toEqual(other);
    for (const someone of [
      { ...owner, ownerId: 'subject-2' },
      { ...owner, tenantId: 'tenant-2' },
    ])
      await expect(TemplateKey.open(keyring, someone, drawn.stored)).rejects.toThrow(DecryptionError);
  });

  it('is another one for each owner, draw and model', async () => {
    const drawn = await TemplateKey.draw(keyring, owner);
    const again = await TemplateKey.draw(keyring, owner);
    const first = drawn.transform(GOLDEN.modelId).protect(template);
    expect(() => compareProtected(first, again.transform(GOLDEN.modelId).protect(template))).toThrow();
    const elsewhere = drawn.transform('other@1').protect(makeTemplate('other@1', template.values));
    expect(elsewhere.values[0]).not.toBeCloseTo(first.values[0] ?? NaN, 3);
  });

  it('is lost with its own keyring entry, and the data keys are not', async () => {
    const drawn = await TemplateKey.draw(keyring, owner);
    const rotated = rotateKeyring(text, 'templates');
    expect((await TemplateKey.open(envKeyring(rotated), owner, drawn.stored)).stored).toEqual(drawn.stored);
    const later = JSON.parse(rotated) as { templates: { keys: Record<string, string> } };
    delete later.templates.keys[drawn.stored.kekId];
    const destroyed = envKeyring(JSON.stringify(later));
    await expect(TemplateKey.open(destroyed, owner, drawn.stored)).rejects.toThrow(UnknownKeyError);
    const dataKey = DataKey.generate();
    const wrapped = await keyring.wrap(dataKey, owner);
    expect((await destroyed.unwrap(wrapped, owner)).expose()).toEqual(dataKey.expose());
  });

  it('cannot be opened as a data key, nor wrapped by an encryption entry', async () => {
    const { stored } = await TemplateKey.draw(keyring, owner);
    const wrapped = { kekId: stored.kekId, ciphertext: Buffer.from(stored.ciphertext, 'base64') };
    await expect(keyring.unwrap(wrapped, owner)).rejects.toThrow(UnknownKeyError);
    expect(stored.kekId).toBe(keyring.activeTemplateKekId);
  });

  it('refuses a version it does not know', async () => {
    const { stored } = await TemplateKey.draw(keyring, owner);
    const newer = { ...stored, version: 2 as unknown as 1 };
    await expect(TemplateKey.open(keyring, owner, newer)).rejects.toThrow(RangeError);
  });
});
