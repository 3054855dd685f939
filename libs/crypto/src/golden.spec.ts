import { DataKey, deriveSubkey, encodeAad, envKeyring, hmacSha256, keystream, open } from './index.js';
import { GOLDEN } from './testing/golden.js';

const hex = (text: string) => Buffer.from(text, 'hex');
const frame = {
  tenantId: 'tenant-1',
  ownerKind: 'capture',
  ownerId: 'capture-é',
  kind: 'frame',
  name: '0',
} as const;
const template = {
  tenantId: 'tenant-1',
  ownerKind: 'subject',
  ownerId: 'subject-1',
  kind: 'template',
  model: 'mobilefacenet@1',
} as const;
const keyring = envKeyring(
  JSON.stringify({
    version: 1,
    active: 'k2',
    keys: { k1: GOLDEN.k1, k2: GOLDEN.k2 },
    derivation: { active: 'd1', keys: { d1: GOLDEN.d1 } },
    templates: { active: 't1', keys: { t1: GOLDEN.t1 } },
  }),
);

describe('golden vectors of an independent implementation', () => {
  it('encodes associated data', () => {
    expect(encodeAad(frame).toString('hex')).toBe(GOLDEN.frameAad);
    expect(encodeAad(template).toString('hex')).toBe(GOLDEN.templateAad);
  });

  it('opens a sealed envelope', () => {
    const dataKey = DataKey.fromBytes(hex(GOLDEN.dataKey));
    expect(open(dataKey, hex(GOLDEN.sealed), frame).toString()).toBe('plaintext of a frame');
  });

  it('unwraps a data key', async () => {
    const wrapped = { kekId: 'k1', ciphertext: hex(GOLDEN.wrapped) };
    const context = { tenantId: 'tenant-1', ownerKind: 'subject', ownerId: 'subject-1' } as const;
    expect((await keyring.unwrap(wrapped, context)).expose().toString('hex')).toBe(GOLDEN.dataKey);
  });

  it('derives a key', async () => {
    expect((await keyring.deriveKey('replay')).toString('hex')).toBe(GOLDEN.derived);
  });

  it('derives a sub-key of several parts and its key stream', () => {
    const secret = Buffer.from(GOLDEN.t1, 'base64');
    const key = deriveSubkey(secret, 'ab', 'c');
    expect(key.toString('hex')).toBe(GOLDEN.subkey);
    expect(keystream(key, 20).toString('hex')).toBe(GOLDEN.keystream);
    expect(deriveSubkey(secret, 'a', 'bc')).not.toEqual(key);
  });

  it('computes an HMAC over parts', () => {
    const key = Buffer.from(GOLDEN.d1, 'base64');
    expect(hmacSha256(key, 'ab', Buffer.from('c'), '').toString('hex')).toBe(GOLDEN.hmac);
  });
});
