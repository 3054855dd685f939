import { randomBytes } from 'node:crypto';
import { constantTimeEqual, hmacSha256, randomToken, sha256Hex } from './index.js';

describe('digests', () => {
  const key = randomBytes(32);

  it('hashes the FIPS 180-4 example', () => {
    expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(sha256Hex(Buffer.from('abc'))).toBe(sha256Hex('abc'));
  });

  it('separates the parts of an HMAC', () => {
    const digests = [['abc'], ['ab', 'c'], ['a', 'bc'], ['', 'abc'], ['abc', '']].map((parts) =>
      hmacSha256(key, ...parts).toString('hex'),
    );
    expect(new Set(digests).size).toBe(5);
    expect(hmacSha256(key, 'abc')).toEqual(hmacSha256(key, Buffer.from('abc')));
  });

  it('refuses a short HMAC key and ill-formed text', () => {
    expect(() => hmacSha256(key.subarray(1), 'a')).toThrow(RangeError);
    expect(() => hmacSha256(key, '\ud800')).toThrow(RangeError);
  });

  it('compares text and bytes', () => {
    expect(constantTimeEqual('secret', Buffer.from('secret'))).toBe(true);
    expect(constantTimeEqual('secret', 'secreT')).toBe(false);
    expect(constantTimeEqual('secret', 'secret ')).toBe(false);
    expect(constantTimeEqual('é', 'e')).toBe(false);
  });

  it('makes URL-safe tokens that do not repeat', () => {
    const tokens = Array.from({ length: 100 }, () => randomToken(16));
    expect(new Set(tokens).size).toBe(100);
    for (const token of tokens) expect(token).toMatch(/^[\w-]{22}$/);
    expect(() => randomToken(15)).toThrow(RangeError);
    expect(() => randomToken(16.5)).toThrow(RangeError);
  });
});
