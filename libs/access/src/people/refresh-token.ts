import { createHash, randomBytes } from 'node:crypto';
import { hmacSha256, randomToken } from '#crypto';

/** An opaque refresh token as its holder has it: the session it belongs to, and 256 random bits of which only the hash is stored. */
export interface RefreshToken {
  readonly sessionId: string;
  /** 43 characters of base64url. */
  readonly secret: string;
}

const TEXT = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.([A-Za-z0-9_-]{43})$/;

export function newRefreshToken(sessionId: string): RefreshToken {
  return { sessionId, secret: randomToken(32) };
}

export function formatRefreshToken({ sessionId, secret }: RefreshToken): string {
  return `${sessionId}.${secret}`;
}

/** The token, or undefined when the text is none. */
export function parseRefreshToken(text: string): RefreshToken | undefined {
  const [, sessionId, secret] = TEXT.exec(text) ?? [];
  return sessionId && secret ? { sessionId, secret } : undefined;
}

/** A plain hash suffices: there is nothing to guess that a slow hash would protect. */
export function hashRefreshToken({ secret }: RefreshToken): Buffer {
  return createHash('sha256').update(secret).digest();
}

export function newSuccessorSeed(): Buffer {
  return randomBytes(32);
}

/**
 * The token that follows this one. It can be made again from both the old token, which only its holder has, and the seed, which only the
 * database has; so whoever lost a race gets the very token that the winner got, and none is stored in clear.
 */
export function successorOf(token: RefreshToken, seed: Buffer): RefreshToken {
  const key = Buffer.from(token.secret, 'base64url');
  return { sessionId: token.sessionId, secret: hmacSha256(key, seed).toString('base64url') };
}
