import { newTokenKeys, replaceSecretFile } from '#config';
import { TokenKeys } from './token-keys.js';

/** How long anybody may go on with the public keys as fetched; `Cache-Control` of JWKS says so. */
export const JWKS_MAX_AGE_SECONDS = 300;
/** A new key is published for so long before it signs: three times what a cache may keep. */
export const PUBLISHED_AHEAD_SECONDS = 3 * JWKS_MAX_AGE_SECONDS;
/** An old key stays for so long after it signed last: more than any token lives. */
const KEPT_SECONDS = 24 * 3_600;
const DAY_MS = 86_400_000;

export interface Rotation {
  /** Rotates only when the newest key signs for longer than this. */
  readonly ifOlderThanDays?: number;
  /** Between publication and use. Default 15 minutes. */
  readonly aheadSeconds?: number;
  /** The keys are in wrong hands: the new one signs at once and no other verifies any more, so every access token is refused. */
  readonly compromised?: boolean;
}

interface StoredKey {
  readonly signsFrom?: string;
  readonly publishedUntil?: string;
  readonly [member: string]: unknown;
}

/** The set after rotation, or nothing when its newest key is young enough. Keys past their time are left out. */
export function rotateTokenKeys(json: string, rotation: Rotation = {}): string | undefined {
  TokenKeys.parse(json);
  const now = Date.now();
  const { keys } = JSON.parse(json) as { keys: StoredKey[] };
  const { ifOlderThanDays, compromised = false } = rotation;
  const newest = Math.max(...keys.map(({ signsFrom }) => (signsFrom ? Date.parse(signsFrom) : 0)));
  if (ifOlderThanDays !== undefined && now - newest < ifOlderThanDays * DAY_MS) return undefined;
  const begins = compromised ? now : now + (rotation.aheadSeconds ?? PUBLISHED_AHEAD_SECONDS) * 1_000;
  const { keys: drawn } = JSON.parse(newTokenKeys()) as { keys: [StoredKey] };
  const added = { ...drawn[0], signsFrom: new Date(begins).toISOString() };
  const ends = new Date(begins + KEPT_SECONDS * 1_000).toISOString();
  const kept = keys
    .filter(({ publishedUntil }) => !publishedUntil || Date.parse(publishedUntil) > now)
    .map((key) => ({ ...key, publishedUntil: key.publishedUntil ?? ends }));
  return JSON.stringify({ keys: compromised ? [added] : [added, ...kept] });
}

/**
 * Rotates the keys in their file, which is replaced as a whole; of several at once one comes after the other.
 * @returns whether it did
 */
export function rotateTokenKeysFile(path: string, rotation: Rotation = {}): Promise<boolean> {
  return replaceSecretFile(path, (text) => rotateTokenKeys(text, rotation));
}
