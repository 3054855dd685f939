import type { EntityManager } from 'typeorm';
import type { UnitOfWork } from '#database';
import { EVENT_COLUMNS, eventOf, type EventRow } from './event-row.js';
import type { ChainLink, ChainPlace } from './link.js';
import type { ChainSource } from './verify-chain.js';

const LINKS = 1_000;
const PLACES = 10_000;

const PLACE_COLUMNS = `c.seq, encode(c.prev_hash, 'hex') AS "prevHash", encode(c.hash, 'hex') AS hash`;

interface PlaceRow {
  readonly seq: string;
  readonly prevHash: string;
  readonly hash: string;
}

/** A tenant's chain in the database, read in batches of a transaction each, so that none is held open and memory stays the same. */
export class DatabaseChain implements ChainSource {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly tenantId: string,
  ) {}

  async *links(fromSeq: number): AsyncGenerator<ChainLink> {
    const sql = `SELECT ${PLACE_COLUMNS}, c.event_id AS "eventId", ${EVENT_COLUMNS}
       FROM audit_chain c LEFT JOIN audit_events e ON e.id = c.event_id
       WHERE c.seq BETWEEN $1 AND $2 ORDER BY c.seq`;
    const rows = this.rows<PlaceRow & { eventId: string } & (EventRow | { id: null })>(sql, fromSeq, LINKS);
    for await (const row of rows)
      yield { ...placeOf(row), eventId: row.eventId, event: row.id === null ? null : eventOf(row) };
  }

  async *places(): AsyncGenerator<ChainPlace> {
    const sql = `SELECT ${PLACE_COLUMNS} FROM audit_chain c WHERE c.seq BETWEEN $1 AND $2 ORDER BY c.seq`;
    for await (const row of this.rows<PlaceRow>(sql, 1, PLACES)) yield placeOf(row);
  }

  /** Ranges of places instead of so many rows: the planner, which knows little of one tenant's share, then has nothing to sort. */
  private async *rows<Row extends PlaceRow>(
    sql: string,
    fromSeq: number,
    batch: number,
  ): AsyncGenerator<Row> {
    let from: number | undefined = fromSeq;
    while (from !== undefined) {
      const range: [number, number] = [from, from + batch - 1];
      const read = this.unitOfWork.inTenant(this.tenantId, async (manager) => ({
        rows: await manager.query<Row[]>(sql, range),
        next: await firstPlaceAfter(manager, range[1]),
      }));
      yield* (await read).rows;
      from = (await read).next;
    }
  }
}

/** Past any gap, however wide: in a chain that holds there is none. */
async function firstPlaceAfter(manager: EntityManager, seq: number): Promise<number | undefined> {
  const [row] = await manager.query<{ seq: string }[]>(
    'SELECT seq FROM audit_chain WHERE seq > $1 ORDER BY seq LIMIT 1',
    [seq],
  );
  return row && Number(row.seq);
}

function placeOf({ seq, prevHash, hash }: PlaceRow): ChainPlace {
  return { seq: Number(seq), prevHash, hash };
}
