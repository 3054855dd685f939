import { v7 as uuid } from 'uuid';
import { randomToken } from '#crypto';
import { hashPageCode, pageCode, parsePageCode } from './page-code.js';

it('a code is read as it was written, and fits into a URL fragment', () => {
  const [captureId, secret] = [uuid(), randomToken(32)];
  const code = pageCode(captureId, secret);
  expect(parsePageCode(code)).toEqual({ captureId, secret });
  expect(encodeURIComponent(code)).toBe(code);
});

const id = uuid();
it.each([
  '',
  '.',
  id,
  `${id}.`,
  `${id}.short`,
  `${id}.${'x'.repeat(65)}`,
  `${id}.${'x'.repeat(43)}.x`,
  `1.${'x'.repeat(43)}`,
  `' OR 1=1.${'x'.repeat(43)}`,
])('%p is no code', (text) => {
  expect(parsePageCode(text)).toBeUndefined();
});

it('only its hash is kept', () => {
  const secret = randomToken(32);
  expect(hashPageCode(secret)).toHaveLength(32);
  expect(hashPageCode(secret)).toEqual(hashPageCode(secret));
  expect(hashPageCode(secret)).not.toEqual(hashPageCode(randomToken(32)));
});
