import { randomBytes } from 'node:crypto';
import { bytesNeedle, foundIn, numbersNeedle, secretNeedle, stretchesOf } from './needles.js';

const secret = Buffer.from('00fe81c3a97f10ffe2d4b6017c', 'hex');
const needles = [bytesNeedle('secret', secret)];
const hidden = (haystack: string | Buffer) => foundIn(Buffer.from(haystack), needles);

describe('a needle is found', () => {
  it.each([0, 1, 2, 3, 4, 5])('in base64 that begins %i bytes before it', (before) => {
    const longer = Buffer.concat([randomBytes(before), secret, randomBytes(7)]);
    for (const encoding of ['base64', 'base64url', 'hex'] as const)
      expect([encoding, hidden(`x${longer.toString(encoding)}y`)]).toEqual([encoding, ['secret']]);
  });

  it('as bytes, as numbers, and as a text in JSON', () => {
    expect(hidden(Buffer.concat([randomBytes(50), secret, randomBytes(50)]))).toEqual(['secret']);
    expect(hidden(JSON.stringify(secret))).toEqual(['secret']);
    expect(hidden(JSON.stringify({ text: secret.toString('latin1') }))).toEqual(['secret']);
    expect(hidden(`\\x${secret.toString('hex')}`)).toEqual(['secret']);
  });

  it('as a number of a template', () => {
    const values = Float32Array.of(0.123456789, -0.3, 0.25);
    const template = [numbersNeedle('template', values)];
    expect(foundIn(Buffer.from(JSON.stringify({ template: [...values] })), template)).toEqual(['template']);
    expect(foundIn(Buffer.from('0.1234'), template)).toEqual([]);
  });

  it('as a part of long data', () => {
    const data = randomBytes(1_000);
    expect(foundIn(data.subarray(480, 540), stretchesOf('data', data))).toHaveLength(1);
  });
});

it('and not where it is not', () => {
  for (const haystack of [
    randomBytes(10_000),
    Buffer.from(randomBytes(10_000).toString('base64')),
    secret.subarray(1),
  ])
    expect(hidden(haystack)).toEqual([]);
  expect(() => secretNeedle('short', 'abc')).toThrow(RangeError);
});
