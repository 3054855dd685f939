import { newTokenKeys } from '#config';
import { ReceiptKeys, rotateReceiptKeys } from './index.js';

interface Jwk {
  [member: string]: unknown;
}
const keysOf = (json: string): Jwk[] => (JSON.parse(json) as { keys: Jwk[] }).keys;
const jwk = (): Jwk => keysOf(newTokenKeys())[0] as Jwk;
const setOf = (...keys: unknown[]): string => JSON.stringify({ keys });

it('the first key signs, all are published, without what is private', async () => {
  const [first, retired]: Jwk[] = [jwk(), { ...jwk(), d: undefined }];
  const keys = await ReceiptKeys.parse(setOf(first, retired));
  expect(keys.signing.kid).toBe(first?.['kid']);
  expect(keys.published.map(({ kid }) => kid)).toEqual([first?.['kid'], retired?.['kid']]);
  for (const published of keys.published)
    expect(Object.keys(published).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
});

it('a rotation draws a new signing key and leaves of the others what verifies', async () => {
  const before = newTokenKeys();
  const after = rotateReceiptKeys(rotateReceiptKeys(before));
  const kids = keysOf(after).map(({ kid }) => kid);
  expect(new Set(kids).size).toBe(3);
  expect(kids[2]).toBe(keysOf(before)[0]?.['kid']);
  expect(keysOf(after).map((key) => 'd' in key)).toEqual([true, false, false]);
  expect((await ReceiptKeys.parse(after)).published).toHaveLength(3);
});

it.each<[string, () => string]>([
  ['no JSON', () => 'd: secret'],
  ['no set', () => JSON.stringify(jwk())],
  ['an empty set', () => setOf()],
  ['a public key first', () => setOf({ ...jwk(), d: undefined })],
  ['a retired key with its private half', () => setOf(jwk(), jwk())],
  ['a key without kid', () => setOf({ ...jwk(), kid: undefined })],
  ['two keys of one kid', () => setOf({ ...jwk(), kid: 'same' }, { ...jwk(), kid: 'same', d: undefined })],
  ['another curve', () => setOf({ ...jwk(), crv: 'P-384' })],
  ['another algorithm', () => setOf({ ...jwk(), alg: 'HS256' })],
  ['a point off the curve', () => setOf({ ...jwk(), x: jwk()['x'] })],
  ['a retired point off the curve', () => setOf(jwk(), { ...jwk(), x: jwk()['x'], d: undefined })],
])('%s is refused without a value', async (_what, make) => {
  const json = make();
  const error = await ReceiptKeys.parse(json).catch((refused: unknown) => refused as Error);
  expect(error).toBeInstanceOf(Error);
  expect((error as Error).message).toMatch(/^Receipt keys: /);
  const values = [...json.matchAll(/"(?:d|x|y|k)":"([^"]+)"/g)].map(([, value]) => value as string);
  for (const value of [...values, 'secret']) expect(String((error as Error).stack)).not.toContain(value);
});
