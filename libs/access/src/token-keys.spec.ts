import { newTokenKeys } from '#config';
import { TokenKeys } from './token-keys.js';

interface Jwk {
  [member: string]: unknown;
}
const keysOf = (json: string): Jwk[] => (JSON.parse(json) as { keys: Jwk[] }).keys;
const jwk = (): Jwk => keysOf(newTokenKeys())[0] as Jwk;
const setOf = (...keys: unknown[]): string => JSON.stringify({ keys });

it('of keys that began to sign at once the first signs; all are published, without what is private', () => {
  const signsFrom = '2026-01-01T00:00:00.000Z';
  const [first, second] = [{ ...jwk(), signsFrom } as Jwk, { ...jwk(), signsFrom } as Jwk];
  const keys = TokenKeys.parse(setOf(first, second));
  expect(keys.signing.kid).toBe(first['kid']);
  expect(keys.signing.key.type).toBe('private');
  expect(keys.published.map(({ kid }) => kid)).toEqual([first['kid'], second['kid']]);
  for (const published of keys.published)
    expect(Object.keys(published).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  expect(keys.verificationKey(String(second['kid']))?.type).toBe('public');
});

it('a later key may be public only, as after its retirement', () => {
  const retired = { ...jwk(), d: undefined };
  expect(TokenKeys.parse(setOf(jwk(), retired)).published).toHaveLength(2);
});

it('an unknown kid has no key, also that of an object', () => {
  const keys = TokenKeys.parse(newTokenKeys());
  for (const kid of ['', 'unknown', '__proto__', 'constructor'])
    expect(keys.verificationKey(kid)).toBeUndefined();
});

it('goes on with another set, and with its own when that one is wrong', () => {
  const [first, second] = [jwk(), jwk()];
  const keys = TokenKeys.parse(setOf(first));
  keys.replace(setOf(second, first));
  expect(keys.published.map(({ kid }) => kid)).toEqual([second['kid'], first['kid']]);
  for (const wrong of ['', setOf(), setOf({ ...jwk(), x: 'AA' })])
    expect(() => keys.replace(wrong)).toThrow(/^Token keys: /);
  expect(keys.published).toHaveLength(2);
});

it.each<[string, () => string]>([
  ['no JSON', () => 'd: secret'],
  ['no set', () => JSON.stringify(jwk())],
  ['an empty set', () => setOf()],
  ['a public key first', () => setOf({ ...jwk(), d: undefined })],
  ['a key without kid', () => setOf({ ...jwk(), kid: undefined })],
  ['two keys of one kid', () => setOf({ ...jwk(), kid: 'same' }, { ...jwk(), kid: 'same' })],
  ['only keys that sign later', () => setOf({ ...jwk(), signsFrom: '2999-01-01T00:00:00Z' })],
  ['only keys past their time', () => setOf({ ...jwk(), publishedUntil: '2020-01-01T00:00:00Z' })],
  ['a time that is none', () => setOf({ ...jwk(), signsFrom: 'soon' })],
  ['another curve', () => setOf({ ...jwk(), crv: 'P-384' })],
  ['another algorithm', () => setOf({ ...jwk(), alg: 'HS256' })],
  ['a symmetric key', () => setOf({ kty: 'oct', k: 'c2VjcmV0', kid: 'key1' })],
  ['a point off the curve', () => setOf({ ...jwk(), x: jwk()['x'] })],
])('%s is refused without a value', (_what, make) => {
  const json = make();
  const refusal = (): unknown => TokenKeys.parse(json);
  expect(refusal).toThrow(/^Token keys: /);
  const values = [...json.matchAll(/"(?:d|x|y|k)":"([^"]+)"/g)].map(([, value]) => value as string);
  try {
    refusal();
  } catch (error) {
    for (const value of [...values, 'secret']) expect(String((error as Error).stack)).not.toContain(value);
    expect((error as Error).cause).toBeUndefined();
  }
});
