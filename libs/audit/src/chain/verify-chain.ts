import type { ChainHead } from './heads.js';
import { type ChainLink, type ChainPlace, GENESIS_HASH, linkHash } from './link.js';

/**
 * What is wrong with a trail: an event's content, an event or link that is gone, one that does not belong there, one at another's place,
 * events that have waited too long for a place, a chain that was computed anew (only checkpoints can tell), or a checkpoint nobody signed.
 */
export const FAULT_KINDS = [
  'changed',
  'deleted',
  'inserted',
  'reordered',
  'unsequenced',
  'rewritten',
  'checkpoint_invalid',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** The first thing that is wrong, and where. */
export interface ChainFault {
  readonly kind: FaultKind;
  /** Null when the event has no place. */
  readonly seq: number | null;
  readonly eventId: string | null;
}

/** A chain to be read from wherever it is kept. */
export interface ChainSource {
  /** In the order of `seq`, from `fromSeq` on. */
  links(fromSeq: number): AsyncIterable<ChainLink>;
  /** The same without events; read only to explain a fault. */
  places(): AsyncIterable<ChainPlace>;
}

export interface VerifyOptions {
  /** The link before the first one to verify. */
  readonly after: ChainHead;
  /** The last one. */
  readonly untilSeq: number;
  /** Hashes that signed checkpoints vouch for, by seq. */
  readonly vouched?: ReadonlyMap<number, string>;
}

export interface VerifiedLinks {
  /** The last link that holds. */
  readonly head: ChainHead;
  readonly fault: ChainFault | null;
}

/** Follows the links one by one, holding none of them, up to the first fault. */
export async function verifyChain(source: ChainSource, options: VerifyOptions): Promise<VerifiedLinks> {
  const { untilSeq, vouched } = options;
  let head = options.after;
  const broken = (kind: FaultKind, seq: number, eventId: string | null = null): VerifiedLinks => ({
    head,
    fault: { kind, seq, eventId },
  });
  for await (const link of source.links(head.seq + 1)) {
    if (link.seq > untilSeq) break;
    if (link.seq > head.seq + 1) return broken('deleted', head.seq + 1);
    if (!link.event) return broken('deleted', link.seq, link.eventId);
    if (link.prevHash !== head.hash || linkHash(link.prevHash, link.event) !== link.hash)
      return { head, fault: await explain(source, link, head.hash) };
    if ((vouched?.get(link.seq) ?? link.hash) !== link.hash)
      return broken('rewritten', link.seq, link.eventId);
    head = { seq: link.seq, hash: link.hash };
  }
  if (head.seq < untilSeq) return broken('deleted', head.seq + 1);
  return { head, fault: null };
}

/** Why a link does not follow the one before it: looks where the pieces that do not fit belong. */
async function explain(source: ChainSource, link: ChainLink, expected: string): Promise<ChainFault> {
  const { seq, event, eventId } = link;
  let namedAt: number | undefined;
  let belongsAt: number | undefined;
  let nextFollowsPrevious = false;
  for await (const place of source.places()) {
    if (place.hash === link.prevHash) namedAt = place.seq;
    if (event && place.seq !== seq && linkHash(place.prevHash, event) === place.hash) belongsAt = place.seq;
    if (place.seq === seq + 1) nextFollowsPrevious = place.prevHash === expected;
  }
  const at = (kind: FaultKind, where = seq): ChainFault => ({
    kind,
    seq: where,
    eventId: where === seq ? eventId : null,
  });
  const intact = event !== null && linkHash(link.prevHash, event) === link.hash;
  if (belongsAt !== undefined || (intact && (namedAt ?? 0) > seq)) return at('reordered');
  if (nextFollowsPrevious) return at('inserted');
  if (!intact) return at('changed');
  // The link itself is as it was made, so what stands before it is not what stood there.
  if (namedAt !== undefined) return at('inserted', namedAt + 1);
  if (link.prevHash === GENESIS_HASH) return at('inserted', 1);
  return seq === 1 ? at('deleted') : at('changed', seq - 1);
}
