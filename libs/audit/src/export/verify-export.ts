import { BEFORE_FIRST } from '../chain/heads.js';
import { type ChainFault, verifyChain } from '../chain/verify-chain.js';
import { type Checkpoint, type CheckpointKeys, openCheckpoint } from '../checkpoints/checkpoint.js';
import { ExportedChain } from './export-format.js';

export interface ExportReport {
  readonly valid: boolean;
  readonly fault: ChainFault | null;
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly checkpoints: number;
}

/**
 * Verifies an exported stretch without any database. What comes before its first link is taken as that link names it.
 * @param kept checkpoints from elsewhere. @throws Error when the file is no export
 */
export async function verifyExport(
  path: string,
  keys: Pick<CheckpointKeys, 'verificationKey'>,
  kept: readonly Checkpoint[] = [],
): Promise<ExportReport> {
  const chain = new ExportedChain(path);
  const vouched = new Map<number, string>();
  let first: { seq: number; prevHash: string; tenantId: string } | undefined;
  let untilSeq = 0;
  let unsigned: ChainFault | null = null;
  for await (const line of chain.lines()) {
    if ('seq' in line) {
      first ??= { seq: line.seq, prevHash: line.prevHash, tenantId: line.event.tenantId };
      untilSeq = line.seq;
      continue;
    }
    const opened = await openCheckpoint(line.checkpoint, keys);
    if (opened && opened.tenantId === first?.tenantId) vouched.set(opened.seq, opened.hash);
    else unsigned ??= { kind: 'checkpoint_invalid', seq: null, eventId: null };
  }
  if (!first) throw new Error('The export is empty');
  const { seq: fromSeq, prevHash, tenantId } = first;
  for (const checkpoint of kept)
    if (checkpoint.tenantId === tenantId) vouched.set(checkpoint.seq, checkpoint.hash);
  const after = fromSeq === 1 ? BEFORE_FIRST : { seq: fromSeq - 1, hash: prevHash };
  const { head, fault: broken } = await verifyChain(chain, { after, untilSeq, vouched });
  const fault = broken ?? unsigned;
  const checkpoints = [...vouched.keys()].filter((seq) => seq >= fromSeq && seq <= untilSeq).length;
  return { valid: fault === null, fault, fromSeq, toSeq: head.seq, checkpoints };
}
