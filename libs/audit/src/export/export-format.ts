import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { ChainLink, ChainPlace } from '../chain/link.js';
import type { ChainSource } from '../chain/verify-chain.js';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const linkLine = z.object({
  seq: z.int().min(1),
  prevHash: hash,
  hash,
  event: z.object({
    id: z.uuid(),
    tenantId: z.uuid(),
    occurredAt: z.string(),
    action: z.string(),
    outcome: z.string(),
    actor: z.object({ kind: z.string(), id: z.string().nullable() }),
    target: z.object({ kind: z.string().nullable(), id: z.string().nullable() }),
    correlationId: z.string().nullable(),
    detail: z.record(z.string(), z.unknown()),
  }),
});
const checkpointLine = z.object({ checkpoint: z.string() });
const line = z.union([linkLine, checkpointLine]);

/** One line of an export: a link with its event, or a signed checkpoint. */
export type ExportLine = z.output<typeof line>;

/** @throws Error for a link whose event is gone: then the chain is broken, and an export of it would prove nothing */
export function linkLineOf({ seq, prevHash, hash, event }: ChainLink): string {
  if (!event) throw new Error(`The event at place ${seq} is gone: verify the trail first`);
  return JSON.stringify({ seq, prevHash, hash, event });
}

export function checkpointLineOf(signed: string): string {
  return JSON.stringify({ checkpoint: signed });
}

/** An export as a chain to be verified, far from any database; read line by line. */
export class ExportedChain implements ChainSource {
  constructor(private readonly path: string) {}

  /** @throws Error naming the first line that is none of an export */
  async *lines(): AsyncGenerator<ExportLine> {
    let number = 0;
    for await (const text of createInterface({ input: createReadStream(this.path), crlfDelay: Infinity })) {
      number += 1;
      yield parse(text, number);
    }
  }

  async *links(fromSeq: number): AsyncGenerator<ChainLink> {
    for await (const each of this.lines())
      if ('seq' in each && each.seq >= fromSeq) yield { ...each, eventId: each.event.id };
  }

  places(): AsyncIterable<ChainPlace> {
    return this.links(1);
  }
}

function parse(text: string, number: number): ExportLine {
  try {
    return line.parse(JSON.parse(text));
  } catch {
    throw new Error(`Line ${number} is not one of an export`);
  }
}
