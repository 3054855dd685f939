import canonicalize from 'canonicalize';
import { sha256Hex } from '#crypto';

/** The package is CommonJS, and its types speak of an ES module: what Node imports as the default is the function itself. */
const canonicalJson = canonicalize as unknown as (value: object) => string;

/** An audit event as the chain covers it: every member is there, absent ones as null. */
export interface ChainedEvent {
  readonly id: string;
  readonly tenantId: string;
  /** UTC, to the microsecond: `2026-11-25T09:00:00.123456Z`. */
  readonly occurredAt: string;
  readonly action: string;
  readonly outcome: string;
  readonly actor: { readonly kind: string; readonly id: string | null };
  readonly target: { readonly kind: string | null; readonly id: string | null };
  readonly correlationId: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Where an event stands: 64 lower-case hexadecimal digits each for the hash before it and its own. */
export interface ChainPlace {
  /** From 1 on, without gaps. */
  readonly seq: number;
  readonly prevHash: string;
  readonly hash: string;
}

export interface ChainLink extends ChainPlace {
  readonly eventId: string;
  /** Null when the event is gone. */
  readonly event: ChainedEvent | null;
}

/** What the first link of a chain names as its predecessor. */
export const GENESIS_HASH = '0'.repeat(64);

/**
 * SHA-256 over the canonical JSON (RFC 8785) of `{ "event": …, "prev": …, "v": 1 }`, in hexadecimal. The position is not hashed: the
 * predecessor's hash already says it, and without it a link that was moved can be told from one that was altered.
 */
export function linkHash(prevHash: string, event: ChainedEvent): string {
  return sha256Hex(canonicalJson({ v: 1, prev: prevHash, event }));
}
