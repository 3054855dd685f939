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
       WHERE c.seq >= $1 ORDER BY c.seq LIMIT $2`;
    const rows = this.rows<PlaceRow & { eventId: string } & (EventRow | { id: null })>(sql, fromSeq, LINKS);
    for await (const row of rows)
      yield { ...placeOf(row), eventId: row.eventId, event: row.id === null ? null : eventOf(row) };
  }

  async *places(): AsyncGenerator<ChainPlace> {
    const sql = `SELECT ${PLACE_COLUMNS} FROM audit_chain c WHERE c.seq >= $1 ORDER BY c.seq LIMIT $2`;
    for await (const row of this.rows<PlaceRow>(sql, 1, PLACES)) yield placeOf(row);
  }

  private async *rows<Row extends PlaceRow>(
    sql: string,
    fromSeq: number,
    batch: number,
  ): AsyncGenerator<Row> {
    for (let from = fromSeq; ;) {
      const rows = await this.unitOfWork.inTenant(this.tenantId, (manager) =>
        manager.query<Row[]>(sql, [from, batch]),
      );
      yield* rows;
      const last = rows.at(-1);
      if (!last || rows.length < batch) return;
      from = Number(last.seq) + 1;
    }
  }
}

function placeOf({ seq, prevHash, hash }: PlaceRow): ChainPlace {
  return { seq: Number(seq), prevHash, hash };
}
