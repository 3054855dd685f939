import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';

const jwkSet = z.object({
  keys: z
    .array(
      z.object({
        kty: z.literal('EC'),
        crv: z.literal('P-256'),
        alg: z.literal('ES256').optional(),
        kid: z.string().min(4),
        x: z.string(),
        y: z.string(),
        d: z.string().optional(),
      }),
    )
    .min(1),
});

export interface PublicJwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly alg: 'ES256';
  readonly use: 'sig';
  readonly kid: string;
  readonly x: string;
  readonly y: string;
}

/**
 * The ES256 keys of a JWK set (RFC 7517). The first key signs and must be private; the others only verify, so that a key
 * can be rotated in ahead of its use and out after its last token expired.
 */
export class TokenKeys {
  private constructor(
    readonly signing: { readonly kid: string; readonly key: KeyObject },
    readonly published: readonly PublicJwk[],
    private readonly verifying: ReadonlyMap<string, KeyObject>,
  ) {}

  /** @throws Error naming what is wrong, never a key's value */
  static parse(json: string): TokenKeys {
    const { keys } = parseSet(json);
    const [first] = keys;
    if (!first?.d) throw new Error('Token keys: the first key must be private, it signs');
    if (new Set(keys.map(({ kid }) => kid)).size !== keys.length)
      throw new Error('Token keys: every kid must be different');
    try {
      const published = keys.map(({ kid, x, y }): PublicJwk => ({
        kty: 'EC',
        crv: 'P-256',
        alg: 'ES256',
        use: 'sig',
        kid,
        x,
        y,
      }));
      return new TokenKeys(
        { kid: first.kid, key: createPrivateKey({ key: first, format: 'jwk' }) },
        published,
        new Map(published.map((jwk) => [jwk.kid, createPublicKey({ key: { ...jwk }, format: 'jwk' })])),
      );
    } catch {
      throw new Error('Token keys: a key is not a valid P-256 key');
    }
  }

  /** The public key of that id, or nothing: an unknown key verifies no token. */
  verificationKey(kid: string): KeyObject | undefined {
    return this.verifying.get(kid);
  }
}

function parseSet(json: string): z.output<typeof jwkSet> {
  try {
    return jwkSet.parse(JSON.parse(json));
  } catch {
    throw new Error('Token keys: expected a JWK set {"keys":[…]} of EC P-256 keys with a kid');
  }
}
