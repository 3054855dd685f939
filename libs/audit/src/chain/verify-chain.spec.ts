import { createHash } from 'node:crypto';
import { BEFORE_FIRST } from './heads.js';
import { type ChainedEvent, type ChainLink, GENESIS_HASH, linkHash } from './link.js';
import { type ChainFault, type ChainSource, verifyChain } from './verify-chain.js';

const event = (number: number): ChainedEvent => ({
  id: `0199e8c8-0000-7000-8000-${String(number).padStart(12, '0')}`,
  tenantId: '0199e8c8-0000-7000-8000-aaaaaaaaaaaa',
  occurredAt: `2026-11-25T09:00:00.${String(number).padStart(6, '0')}Z`,
  action: 'subject.created',
  outcome: 'success',
  actor: { kind: 'client', id: 'test' },
  target: { kind: 'subject', id: `s-${number}` },
  correlationId: null,
  detail: { number },
});

type Mutable = { -readonly [Key in keyof ChainLink]: ChainLink[Key] };

/** Links over events 1 … count, computed as the sequencer does. */
function chain(count: number, prevHash = GENESIS_HASH, first = 1): Mutable[] {
  const links: Mutable[] = [];
  for (let number = first; number < first + count; number++) {
    const hash = linkHash(prevHash, event(number));
    links.push({ seq: number, prevHash, hash, event: event(number), eventId: event(number).id });
    prevHash = hash;
  }
  return links;
}

const renumbered = (links: Mutable[]): Mutable[] => links.map((link, index) => ({ ...link, seq: index + 1 }));

const sourceOf = (links: readonly ChainLink[]): ChainSource => ({
  async *links(fromSeq) {
    for (const link of links) if (link.seq >= fromSeq) yield await Promise.resolve(link);
  },
  async *places() {
    for (const link of links) yield await Promise.resolve(link);
  },
});

async function faultIn(links: Mutable[], untilSeq = links.at(-1)?.seq ?? 0): Promise<ChainFault | null> {
  return (await verifyChain(sourceOf(links), { after: BEFORE_FIRST, untilSeq })).fault;
}

it('hashes what the documentation says, so that anybody can', () => {
  const bytes = `{"event":{"action":"subject.created","actor":{"id":"test","kind":"client"},"correlationId":null,"detail":{"number":7},"id":"0199e8c8-0000-7000-8000-000000000007","occurredAt":"2026-11-25T09:00:00.000007Z","outcome":"success","target":{"id":"s-7","kind":"subject"},"tenantId":"0199e8c8-0000-7000-8000-aaaaaaaaaaaa"},"prev":"${GENESIS_HASH}","v":1}`;
  expect(linkHash(GENESIS_HASH, event(7))).toBe(createHash('sha256').update(bytes).digest('hex'));
  expect(linkHash(GENESIS_HASH, event(7))).toMatchInlineSnapshot(
    `"5280e20120c62c14e57b99d2608b67aa87ed29a5c69b2c01aff9887cec53dd27"`,
  );
});

it('finds nothing wrong with a chain, with none, and with the rest of one', async () => {
  const links = chain(20);
  expect(await faultIn(links)).toBeNull();
  expect(await faultIn([])).toBeNull();
  const after = { seq: 7, hash: links[6]?.hash as string };
  expect(await verifyChain(sourceOf(links), { after, untilSeq: 15 })).toEqual({
    head: { seq: 15, hash: links[14]?.hash },
    fault: null,
  });
});

const at = (links: Mutable[], seq: number): Mutable => links[seq - 1] as Mutable;
const swap = (links: Mutable[], a: number, b: number, ...keys: (keyof ChainLink)[]) => {
  const [one, other] = [{ ...at(links, a) }, { ...at(links, b) }];
  for (const key of keys) {
    Object.assign(at(links, a), { [key]: other[key] });
    Object.assign(at(links, b), { [key]: one[key] });
  }
};
const forged = (prevHash: string, hash = linkHash(prevHash, event(99))): Mutable => ({
  seq: 0,
  prevHash,
  hash,
  event: event(99),
  eventId: event(99).id,
});

describe('locates', () => {
  it.each<[string, (links: Mutable[]) => Mutable[] | void, Partial<ChainFault>]>([
    [
      'a changed member',
      (links) => void (at(links, 5).event = { ...event(5), outcome: 'refused' }),
      { kind: 'changed', seq: 5 },
    ],
    [
      'a changed detail of the first event',
      (links) => void (at(links, 1).event = { ...event(1), detail: {} }),
      { kind: 'changed', seq: 1 },
    ],
    [
      'a changed event whose link was computed anew',
      (links) => {
        const event5 = { ...event(5), action: 'consent.given' };
        Object.assign(at(links, 5), { event: event5, hash: linkHash(at(links, 5).prevHash, event5) });
      },
      { kind: 'changed', seq: 5 },
    ],
    ['a changed hash', (links) => void (at(links, 5).hash = 'f'.repeat(64)), { kind: 'changed', seq: 5 }],
    ['an event that is gone', (links) => void (at(links, 5).event = null), { kind: 'deleted', seq: 5 }],
    ['a link that is gone', (links) => links.filter(({ seq }) => seq !== 5), { kind: 'deleted', seq: 5 }],
    ['the first links gone', (links) => links.slice(2), { kind: 'deleted', seq: 1 }],
    [
      'the first links gone, the rest renumbered',
      (links) => renumbered(links.slice(2)),
      { kind: 'deleted', seq: 1 },
    ],
    [
      'a link put in that fits the one before',
      (links) => renumbered([...links.slice(0, 4), forged(at(links, 4).hash), ...links.slice(4)]),
      { kind: 'inserted', seq: 5 },
    ],
    [
      'a link put in that fits nothing',
      (links) =>
        renumbered([...links.slice(0, 4), forged('a'.repeat(64), 'b'.repeat(64)), ...links.slice(4)]),
      { kind: 'inserted', seq: 5 },
    ],
    [
      'a link put in before the first',
      (links) => renumbered([forged(GENESIS_HASH), ...links]),
      { kind: 'inserted', seq: 1 },
    ],
    [
      'two links in each other’s place',
      (links) => (swap(links, 5, 8, 'prevHash', 'hash', 'event', 'eventId'), links),
      { kind: 'reordered', seq: 5 },
    ],
    [
      'two neighbours in each other’s place',
      (links) => (swap(links, 5, 6, 'prevHash', 'hash', 'event', 'eventId'), links),
      { kind: 'reordered', seq: 5 },
    ],
    [
      'two events under each other’s link',
      (links) => (swap(links, 5, 8, 'event', 'eventId'), links),
      { kind: 'reordered', seq: 5 },
    ],
    [
      'a link moved to the end',
      (links) => renumbered([...links.slice(0, 4), ...links.slice(5), at(links, 5)]),
      { kind: 'reordered', seq: 5 },
    ],
  ])('%s', async (_what, tamper, fault) => {
    const links = chain(10);
    const tampered = tamper(links) ?? links;
    expect(await faultIn(tampered)).toMatchObject(fault);
  });
});

it('finds a chain that was computed anew, with a checkpoint only', async () => {
  const original = chain(10);
  const head = at(original, 4);
  const renewed = [...original.slice(0, 4), ...chain(6, linkHash(head.hash, event(99)), 5)];
  Object.assign(at(renewed, 5), forged(head.hash), { seq: 5 });
  const rest = chain(5, at(renewed, 5).hash, 6);
  const links = [...renewed.slice(0, 5), ...rest];
  expect(await faultIn(links)).toBeNull();
  const vouched = new Map([
    [3, at(original, 3).hash],
    [8, at(original, 8).hash],
  ]);
  const { fault, head: held } = await verifyChain(sourceOf(links), {
    after: BEFORE_FIRST,
    untilSeq: 10,
    vouched,
  });
  expect(fault).toMatchObject({ kind: 'rewritten', seq: 8 });
  expect(held.seq).toBe(7);
});

it('misses the end of a chain where one was promised', async () => {
  expect(await faultIn(chain(10).slice(0, 7), 10)).toEqual({ kind: 'deleted', seq: 8, eventId: null });
});
