import { inspect } from 'node:util';
import {
  type Aad,
  DataKey,
  DecryptionError,
  DisposedKeyError,
  encodeAad,
  generateDataKey,
  open,
  seal,
} from './index.js';

const aad: Aad = {
  tenantId: 't',
  ownerKind: 'capture',
  ownerId: 'c',
  kind: 'frame',
  model: 'm',
  name: '0',
};
const plaintext = Buffer.from('a frame');

describe('envelope', () => {
  const key = generateDataKey();

  it.each([0, 1, 16, 100_000])('opens what it sealed: %i bytes', (size) => {
    const bytes = Buffer.alloc(size, 7);
    const sealed = seal(key, bytes, aad);
    expect(sealed).toHaveLength(size + 29);
    expect(open(key, sealed, aad)).toEqual(bytes);
  });

  it('uses a new IV each time', () => {
    const ivs = Array.from({ length: 100 }, () => seal(key, plaintext, aad).subarray(1, 13).toString('hex'));
    expect(new Set(ivs).size).toBe(100);
  });

  it('refuses a change of any single bit, and any truncation or extension', () => {
    const sealed = seal(key, plaintext, aad);
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const altered = Buffer.from(sealed);
      altered.writeUInt8(altered.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(() => open(key, altered, aad)).toThrow(DecryptionError);
    }
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => open(key, sealed.subarray(0, length), aad)).toThrow(DecryptionError);
    }
    expect(() => open(key, Buffer.concat([sealed, Buffer.of(0)]), aad)).toThrow(DecryptionError);
  });

  it.each<[string, Partial<Aad>]>([
    ['tenant', { tenantId: 'u' }],
    ['owner kind', { ownerKind: 'subject' }],
    ['owner', { ownerId: 'd' }],
    ['kind', { kind: 'template' }],
    ['model', { model: 'n' }],
    ['model removed', { model: undefined }],
    ['name', { name: '1' }],
    ['name removed', { name: undefined }],
  ])('refuses another %s with the same undetailed error', (_, other) => {
    expect(() => open(key, seal(key, plaintext, aad), { ...aad, ...other })).toThrow(new DecryptionError());
  });

  it('refuses another key', () => {
    expect(() => open(generateDataKey(), seal(key, plaintext, aad), aad)).toThrow(DecryptionError);
  });
});

describe('associated data', () => {
  it('never encodes two different ones equally', () => {
    const texts = ['a', 'ab', 'b', '\u0001', '\u0000', 'a\u0000\u0000\u0000\u0001b'];
    const optionals = [undefined, '', ...texts];
    const all = texts.flatMap((tenantId) =>
      texts.flatMap((ownerId) =>
        texts.flatMap((kind) =>
          optionals.flatMap((model) =>
            optionals.flatMap((name) =>
              (['subject', 'capture'] as const).map((ownerKind) => ({
                tenantId,
                ownerId,
                kind,
                model,
                name,
                ownerKind,
              })),
            ),
          ),
        ),
      ),
    );
    expect(new Set(all.map((one) => encodeAad(one).toString('latin1'))).size).toBe(all.length);
  });

  it.each<Partial<Aad>>([
    { tenantId: '' },
    { ownerId: '' },
    { kind: '' },
    { name: '\ud800' },
    { tenantId: '\udfff' },
  ])('refuses %p', (bad) => {
    expect(() => encodeAad({ ...aad, ...bad })).toThrow(RangeError);
  });
});

describe('data key', () => {
  it('cannot be used once disposed of, and is wiped', () => {
    const key = generateDataKey();
    const bytes = key.expose();
    key.dispose();
    key.dispose();
    expect(bytes).toEqual(Buffer.alloc(32));
    expect(() => seal(key, plaintext, aad)).toThrow(DisposedKeyError);
  });

  it('does not show its bytes', () => {
    const key = DataKey.fromBytes(Buffer.alloc(32, 0xab));
    expect(inspect(key, { depth: null, showHidden: true })).not.toMatch(/ab ab|171/);
    expect(JSON.stringify(key)).toBe('{}');
  });

  it.each([0, 16, 31, 33])('refuses %i bytes', (size) => {
    expect(() => DataKey.fromBytes(Buffer.alloc(size))).toThrow(RangeError);
  });
});
