import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { envKeyring, fileKeyring, generateKeyring, KeyringError, rotateKeyring } from './index.js';
import { GOLDEN } from './testing/golden.js';
import { describeKeyring, type KeyringLife } from './testing/keyring.contract.js';

const random = () => randomBytes(32).toString('base64');
const [k1, k2, d1, d2, t1, t2] = [random(), random(), random(), random(), random(), random()];
const json = (
  active: string,
  keys: object,
  derivation: object,
  templates: object = { active: 't1', keys: { t1 } },
) => JSON.stringify({ version: 1, active, keys, derivation, templates });
const texts = {
  original: json('k1', { k1 }, { active: 'd1', keys: { d1 } }),
  rotated: json('k2', { k1, k2 }, { active: 'd2', keys: { d1, d2 } }, { active: 't2', keys: { t1, t2 } }),
  retired: json('k2', { k2 }, { active: 'd2', keys: { d2 } }, { active: 't2', keys: { t2 } }),
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyring-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, text: string, mode = 0o600): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  await chmod(path, mode);
  return path;
}

describeKeyring('environment', async () => ({
  original: envKeyring(texts.original),
  rotated: envKeyring(texts.rotated),
  retired: await Promise.resolve(envKeyring(texts.retired)),
}));

describeKeyring('file', async (): Promise<KeyringLife> => ({
  original: await fileKeyring(await file('original', texts.original)),
  rotated: await fileKeyring(await file('rotated', texts.rotated)),
  retired: await fileKeyring(await file('retired', texts.retired)),
}));

describe('keyring file', () => {
  it.each([0o640, 0o604, 0o620, 0o777])('is refused with mode %o', async (mode) => {
    const path = await file(`mode-${mode}`, texts.original, mode);
    await expect(fileKeyring(path)).rejects.toThrow(/open to group or world \(mode 0\d{3}\)/);
  });

  it('is accepted read-only', async () => {
    await expect(fileKeyring(await file('read-only', texts.original, 0o400))).resolves.toBeDefined();
  });

  it('is refused when missing or a folder', async () => {
    await expect(fileKeyring(join(folder, 'missing'))).rejects.toThrow(/cannot be opened \(ENOENT\)/);
    await expect(fileKeyring(folder)).rejects.toThrow(KeyringError);
  });
});

describe('keyring format', () => {
  const derivation = { active: 'd1', keys: { d1 } };
  const base64 = (bytes: number[]) => Buffer.from(bytes).toString('base64');
  const count = Array.from({ length: 32 }, (_, index) => index);

  it.each<[string, string, RegExp]>([
    ['no JSON', '{"version":1,', /not valid JSON/],
    ['empty text', '', /not valid JSON/],
    ['another version', texts.original.replace('"version":1', '"version":2'), /version invalid/],
    ['no derivation', JSON.stringify({ version: 1, active: 'k1', keys: { k1 } }), /derivation invalid_type/],
    [
      'no keys for templates',
      JSON.stringify({ version: 1, active: 'k1', keys: { k1 }, derivation }),
      /templates is missing.*rotate-keyring/,
    ],
    [
      'a key for templates that also encrypts',
      json('k1', { k1 }, derivation, { active: 't1', keys: { t1: k1 } }),
      /same value/,
    ],
    [
      'an active id for templates without key',
      json('k1', { k1 }, derivation, { active: 't9', keys: { t1 } }),
      /templates.active names no key/,
    ],
    ['an unknown field', texts.original.replace('{', '{"more":1,'), /unrecognized_keys/],
    ['an active id without key', json('k9', { k1 }, derivation), /active names no key \("k9"\)/],
    ['a repeated id', texts.rotated.replace('"k2":', '"k1":'), /repeated names/],
    ['one value under two ids', json('k1', { k1, k2: k1 }, derivation), /"k1" and "k2" have the same value/],
    ['one value for two purposes', json('k1', { k1 }, { active: 'd1', keys: { d1: k1 } }), /same value/],
    [
      'one id for two purposes',
      json('k1', { k1 }, { active: 'k1', keys: { k1: k2 } }),
      /"k1" is used for two/,
    ],
    ['an ill-formed id', json('K 1', { 'K 1': k1 }, derivation), /repeated names, escapes or spaces|invalid/],
    ['a short key', json('k1', { k1: base64(count.slice(1)) }, derivation), /keys\.k1 has 31 bytes, not 32/],
    [
      'base64url',
      json('k1', { k1: Buffer.alloc(32, 0xfb).toString('base64url') }, derivation),
      /canonical base64/,
    ],
    ['zeros', json('k1', { k1: base64(count.map(() => 0)) }, derivation), /keys\.k1 is weak: few/],
    [
      'a sequence',
      json('k1', { k1: base64(count.map((i) => i * 3)) }, derivation),
      /keys\.k1 is weak: a seq/,
    ],
    [
      'a passphrase',
      json('k1', { k1: Buffer.from('The quick brown fox jumps, over!').toString('base64') }, derivation),
      /keys\.k1 is weak: text/,
    ],
  ])('refuses %s', (_, text, message) => {
    expect(() => envKeyring(text)).toThrow(KeyringError);
    expect(() => envKeyring(text)).toThrow(message);
  });

  it('never shows values in errors, wherever they were put', () => {
    const misplaced = [
      json(k1, { [k1]: 'k1' }, derivation),
      json('k1', { k1: `${k1}x` }, { ...derivation, [k1]: 1 }),
      `${texts.original}${k1}`,
    ];
    for (const text of misplaced) {
      let message = '';
      try {
        envKeyring(text);
      } catch (error) {
        message = (error as Error).message;
        expect(error).not.toHaveProperty('cause');
      }
      expect(message).toMatch(/^Keyring: /);
      expect(message).not.toContain(k1.slice(0, 8));
    }
  });
});

describe('keyring maintenance', () => {
  it('generates a valid, different keyring each time', () => {
    expect(envKeyring(generateKeyring()).activeKekId).toBe('k1');
    expect(generateKeyring()).not.toBe(generateKeyring());
  });

  it('rotates without losing the old keys', async () => {
    const context = { tenantId: 't', ownerKind: 'subject', ownerId: 's' } as const;
    const once = rotateKeyring(
      json('k2', { k1: GOLDEN.k1, k2: GOLDEN.k2 }, { active: 'd1', keys: { d1: GOLDEN.d1 } }),
    );
    const twice = envKeyring(rotateKeyring(once));
    const wrapped = await envKeyring(once).wrap(
      await twice.unwrap(
        { kekId: 'k1', ciphertext: Buffer.from(GOLDEN.wrapped, 'hex') },
        { tenantId: 'tenant-1', ownerKind: 'subject', ownerId: 'subject-1' },
      ),
      context,
    );

    expect(wrapped.kekId).toBe('k3');
    expect(twice.activeKekId).toBe('k4');
    expect((await twice.unwrap(wrapped, context)).expose().toString('hex')).toBe(GOLDEN.dataKey);
    expect((await twice.deriveKey('replay')).toString('hex')).toBe(GOLDEN.derived);
  });

  it('rotates the KEK of templates alone, and adds it to a keyring from before there was one', () => {
    const derivation = { active: 'd1', keys: { d1 } };
    const before = JSON.stringify({ version: 1, active: 'k1', keys: { k1 }, derivation });
    const once = rotateKeyring(before, 'templates');
    expect(envKeyring(once)).toMatchObject({ activeTemplateKekId: 't1', activeKekId: 'k1' });
    const twice = rotateKeyring(once, 'templates');
    expect(envKeyring(twice)).toMatchObject({ activeTemplateKekId: 't2', activeKekId: 'k1' });
    const keys = (text: string) => (JSON.parse(text) as { templates: { keys: object } }).templates.keys;
    expect(keys(twice)).toMatchObject(keys(once));
  });
});
