import type { KeyObject } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';

/** That a tenant's chain had this hash at this place. */
export interface Checkpoint {
  readonly tenantId: string;
  readonly seq: number;
  readonly hash: string;
  readonly createdAt: Date;
}

/** The key that signs checkpoints and all those that verify them; kept apart from the keys of tokens. */
export interface CheckpointKeys {
  readonly signing: { readonly kid: string; readonly key: KeyObject };
  /** Nothing for an unknown id. */
  verificationKey(kid: string): KeyObject | undefined;
}

const TYPE = 'audit-checkpoint+jwt';
/** Fixed, so that a checkpoint kept elsewhere can be verified whatever the installation calls its tokens' issuer. */
const ISSUER = 'secure-biometric/audit';

const claims = z.object({
  sub: z.uuid(),
  iat: z.int(),
  seq: z.int().min(1),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});

/** A compact JWS (RFC 7515), ES256, type `audit-checkpoint+jwt`. `createdAt` is signed to the second. */
export function signCheckpoint(checkpoint: Checkpoint, { signing }: CheckpointKeys): Promise<string> {
  const { tenantId, seq, hash, createdAt } = checkpoint;
  return new SignJWT({ seq, hash })
    .setProtectedHeader({ alg: 'ES256', kid: signing.kid, typ: TYPE })
    .setIssuer(ISSUER)
    .setSubject(tenantId)
    .setIssuedAt(createdAt)
    .sign(signing.key);
}

/** What a checkpoint says; null when its signature, key, algorithm or type is another. */
export async function openCheckpoint(
  signed: string,
  keys: Pick<CheckpointKeys, 'verificationKey'>,
): Promise<Checkpoint | null> {
  try {
    const keyOf = ({ kid }: { kid?: string }) => {
      const key = keys.verificationKey(kid ?? '');
      if (!key) throw new Error('unknown key');
      return key;
    };
    const options = { algorithms: ['ES256'], issuer: ISSUER, typ: TYPE };
    const { payload } = await jwtVerify(signed, keyOf, options);
    const { sub, seq, hash, iat } = claims.parse(payload);
    return { tenantId: sub, seq, hash, createdAt: new Date(iat * 1_000) };
  } catch {
    return null;
  }
}
