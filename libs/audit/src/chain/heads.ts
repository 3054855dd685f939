import type { EntityManager } from 'typeorm';
import { GENESIS_HASH } from './link.js';

/** A place in a chain and the hash that stands there. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

/** What the first link follows. */
export const BEFORE_FIRST: ChainHead = { seq: 0, hash: GENESIS_HASH };

/** The last link of the transaction's tenant. */
export async function headOf(manager: EntityManager): Promise<ChainHead> {
  const [head] = await manager.query<{ seq: string; hash: string }[]>(
    `SELECT seq, encode(hash, 'hex') AS hash FROM audit_chain ORDER BY seq DESC LIMIT 1`,
  );
  return head ? { seq: Number(head.seq), hash: head.hash } : BEFORE_FIRST;
}

/** The link at that place, or the one before the first; undefined where the chain has none. */
export async function headAt(manager: EntityManager, seq: number): Promise<ChainHead | undefined> {
  if (seq === BEFORE_FIRST.seq) return BEFORE_FIRST;
  const [link] = await manager.query<{ hash: string }[]>(
    `SELECT encode(hash, 'hex') AS hash FROM audit_chain WHERE seq = $1`,
    [seq],
  );
  return link && { seq, hash: link.hash };
}
