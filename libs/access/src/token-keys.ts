import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';

const moment = z.iso.datetime().transform((text) => Date.parse(text));

/** A JWK (RFC 7517) with two members of our own, which are never published. */
const storedKey = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  alg: z.literal('ES256').optional(),
  kid: z.string().min(4),
  x: z.string(),
  y: z.string(),
  d: z.string().optional(),
  /** From when on it signs; until then it is only published. Absent: always. */
  signsFrom: moment.optional(),
  /** From when on nothing it signed is good any more. Absent: never. */
  publishedUntil: moment.optional(),
});
const jwkSet = z.object({ keys: z.array(storedKey).min(1) });

export interface PublicJwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly alg: 'ES256';
  readonly use: 'sig';
  readonly kid: string;
  readonly x: string;
  readonly y: string;
}

interface Key {
  readonly jwk: PublicJwk;
  readonly verifies: KeyObject;
  readonly signs: KeyObject | undefined;
  readonly signsFrom: number;
  readonly publishedUntil: number;
}

/**
 * The ES256 keys of a JWK set. The private key that began to sign last signs; the others only verify, so that a key is published ahead of
 * its use and stays until its last token expired. The clock moves them along; another set can be put in their place while tokens are
 * signed and verified.
 */
export class TokenKeys {
  private constructor(private keys: readonly Key[]) {}

  /** @throws Error naming what is wrong, never a key's value */
  static parse(json: string): TokenKeys {
    return new TokenKeys(parseKeys(json));
  }

  /** Goes on with the keys of another set. @throws Error like `parse`, and keeps those it has */
  replace(json: string): void {
    this.keys = parseKeys(json);
  }

  /** @throws Error when no key of the set signs now */
  get signing(): { readonly kid: string; readonly key: KeyObject } {
    const [key] = this.live.filter(signsNow).sort((a, b) => b.signsFrom - a.signsFrom);
    if (!key?.signs) throw new Error('Token keys: no key of the set signs now');
    return { kid: key.jwk.kid, key: key.signs };
  }

  /** What JWKS shows. */
  get published(): readonly PublicJwk[] {
    return this.live.map(({ jwk }) => jwk);
  }

  /** The public key of that id, or nothing: an unknown key verifies no token. */
  verificationKey(kid: string): KeyObject | undefined {
    return this.live.find(({ jwk }) => jwk.kid === kid)?.verifies;
  }

  private get live(): Key[] {
    const now = Date.now();
    return this.keys.filter(({ publishedUntil }) => publishedUntil > now);
  }
}

function signsNow({ signs, signsFrom }: Key): boolean {
  return signs !== undefined && signsFrom <= Date.now();
}

function parseKeys(json: string): Key[] {
  const { keys } = parseSet(json);
  if (!keys[0]?.d) throw new Error('Token keys: the first key must be private, it signs');
  if (new Set(keys.map(({ kid }) => kid)).size !== keys.length)
    throw new Error('Token keys: every kid must be different');
  if (!keys.some(({ d, signsFrom = 0, publishedUntil = Infinity }) => d && isNow(signsFrom, publishedUntil)))
    throw new Error('Token keys: no key of the set signs now');
  try {
    return keys.map(keyOf);
  } catch {
    throw new Error('Token keys: a key is not a valid P-256 key');
  }
}

function isNow(from: number, until: number): boolean {
  const now = Date.now();
  return from <= now && now < until;
}

function keyOf(stored: z.output<typeof storedKey>): Key {
  const { kty, crv, kid, x, y, d, signsFrom = 0, publishedUntil = Infinity } = stored;
  const jwk: PublicJwk = { kty, crv, alg: 'ES256', use: 'sig', kid, x, y };
  return {
    jwk,
    verifies: createPublicKey({ key: { ...jwk }, format: 'jwk' }),
    signs: d ? createPrivateKey({ key: { kty, crv, x, y, d }, format: 'jwk' }) : undefined,
    signsFrom,
    publishedUntil,
  };
}

function parseSet(json: string): z.output<typeof jwkSet> {
  try {
    return jwkSet.parse(JSON.parse(json));
  } catch {
    throw new Error('Token keys: expected a JWK set {"keys":[…]} of EC P-256 keys with a kid');
  }
}
