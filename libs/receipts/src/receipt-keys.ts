import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { type CryptoKey, importJWK } from 'jose';
import { z } from 'zod';

const jwk = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  alg: z.literal('ES256').optional(),
  kid: z.string().min(4),
  x: z.string(),
  y: z.string(),
  d: z.string().optional(),
});
const jwkSet = z.object({ keys: z.array(jwk).min(1) });
type Jwk = z.output<typeof jwk>;

/** The public half of a receipt key, as anybody may read it. */
export interface ReceiptJwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly alg: 'ES256';
  readonly use: 'sig';
  readonly kid: string;
  readonly x: string;
  readonly y: string;
}

/**
 * The ES256 keys of a JWK set (RFC 7517) of receipts. The first one signs; all others are retired, have no private half any more, and stay
 * published because a receipt is evidence for as long as somebody keeps it.
 */
export class ReceiptKeys {
  private constructor(
    readonly signing: { readonly kid: string; readonly key: CryptoKey },
    readonly published: readonly ReceiptJwk[],
  ) {}

  /** @throws Error naming what is wrong, never a key's value */
  static async parse(json: string): Promise<ReceiptKeys> {
    const keys = parseSet(json);
    const [first] = keys;
    try {
      // Importing says whether the point is on the curve and the private half belongs to it.
      for (const key of keys) await importJWK({ ...publicHalf(key) }, 'ES256');
      const key = await importJWK({ ...first, kty: 'EC' as const, alg: 'ES256' }, 'ES256');
      return new ReceiptKeys({ kid: first.kid, key }, keys.map(publicHalf));
    } catch {
      throw new Error('Receipt keys: a key is not a valid P-256 key');
    }
  }
}

/** The set with a new key that signs from now on; the one before keeps its public half only. @throws Error like `parse` */
export function rotateReceiptKeys(json: string): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const fresh = {
    ...privateKey.export({ format: 'jwk' }),
    kid: randomBytes(8).toString('hex'),
    alg: 'ES256',
    use: 'sig',
  };
  return JSON.stringify({ keys: [fresh, ...parseSet(json).map(publicHalf)] });
}

function publicHalf({ kid, x, y }: Jwk): ReceiptJwk {
  return { kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig', kid, x, y };
}

function parseSet(json: string): readonly [Jwk, ...Jwk[]] {
  let keys: Jwk[];
  try {
    ({ keys } = jwkSet.parse(JSON.parse(json)));
  } catch {
    throw new Error('Receipt keys: expected a JWK set {"keys":[…]} of EC P-256 keys with a kid');
  }
  const [first, ...retired] = keys as [Jwk, ...Jwk[]];
  if (!first.d) throw new Error('Receipt keys: the first key must be private, it signs');
  if (retired.some(({ d }) => d !== undefined))
    throw new Error('Receipt keys: only the first key may be private; retired ones keep their public half');
  if (new Set(keys.map(({ kid }) => kid)).size !== keys.length)
    throw new Error('Receipt keys: every kid must be different');
  return [first, ...retired];
}
