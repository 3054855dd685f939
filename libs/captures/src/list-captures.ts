import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import type { Outcome, Purpose } from '#biometrics';
import { formatCursor, parseCursor, type TimeCursor, type UnitOfWork } from '#database';
import { ProblemError } from '#errors';
import type { CaptureState } from './capture.state.js';
import { type CaptureSummary, captureSummary } from './capture.view.js';
import { decisionView } from './decision.view.js';
import { CaptureEntity } from './entities/capture.entity.js';
import { DecisionEntity } from './entities/decision.entity.js';

/** Which captures; a filter that is absent lets all pass. */
export interface CaptureFilter {
  readonly state?: CaptureState;
  readonly purpose?: Purpose;
  readonly subjectId?: string;
  readonly outcome?: Outcome;
  /** Created at this moment or later. */
  readonly from?: Date;
  /** Created before this moment. */
  readonly to?: Date;
}

export interface CapturePage {
  /** Newest first. */
  readonly items: readonly CaptureSummary[];
  /** Asks for the page behind this one; null when this is the last. */
  readonly nextCursor: string | null;
}

type Listed = CaptureEntity & { readonly decision: DecisionEntity | null };

/** A tenant's captures, page by page: captures made meanwhile shift nothing, because a page begins behind a capture, not at a number. */
export class ListCaptures {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /**
   * @param page `limit` 1…100; `cursor` of the page before
   * @throws ProblemError validation_failed for a cursor that is none
   */
  async execute(
    tenantId: string,
    filter: CaptureFilter,
    page: { readonly limit: number; readonly cursor?: string },
  ): Promise<CapturePage> {
    const behind = page.cursor === undefined ? undefined : cursorOf(page.cursor);
    const { entities, raw } = await this.unitOfWork.inTenant(tenantId, (manager) => {
      const query = listed(manager).limit(page.limit + 1);
      narrow(query, filter, behind);
      return query.getRawAndEntities<{ microseconds: string }>();
    });
    const items = (entities as Listed[]).slice(0, page.limit);
    const last = entities.length > page.limit ? items.at(-1) : undefined;
    const microseconds = raw[page.limit - 1]?.microseconds;
    return {
      items: items.map((capture) =>
        captureSummary(capture, capture.decision && decisionView(capture.decision)),
      ),
      nextCursor: last && microseconds ? formatCursor({ microseconds, id: last.id }) : null,
    };
  }
}

function cursorOf(text: string): TimeCursor {
  const cursor = parseCursor(text);
  if (cursor) return cursor;
  const errors = [{ member: 'cursor', rule: 'cursor must be the nextCursor of an earlier answer' }];
  throw new ProblemError('validation_failed', { errors });
}

/** Only the columns that are shown: keys, codes and scores stay in the database. */
function listed(manager: EntityManager): SelectQueryBuilder<CaptureEntity> {
  return manager
    .createQueryBuilder(CaptureEntity, 'c')
    .leftJoinAndMapOne('c.decision', DecisionEntity, 'd', 'd.captureId = c.id')
    .select(['id', 'purpose', 'subjectId', 'state'].map((column) => `c.${column}`))
    .addSelect(['createdAt', 'expiresAt', 'submitBy', 'submittedAt'].map((column) => `c.${column}`))
    .addSelect(['captureId', 'outcome', 'reason', 'code'].map((column) => `d.${column}`))
    .addSelect(['padLevel', 'policyVersion', 'decidedAt'].map((column) => `d.${column}`))
    .addSelect('(extract(epoch FROM c.created_at) * 1000000)::bigint', 'microseconds')
    .orderBy('c.createdAt', 'DESC')
    .addOrderBy('c.id', 'DESC');
}

function narrow(query: SelectQueryBuilder<CaptureEntity>, filter: CaptureFilter, behind?: TimeCursor): void {
  const { state, purpose, subjectId, outcome, from, to } = filter;
  if (state) query.andWhere('c.state = :state', { state });
  if (purpose) query.andWhere('c.purpose = :purpose', { purpose });
  if (subjectId) query.andWhere('c.subjectId = :subjectId', { subjectId });
  if (outcome) query.andWhere('d.outcome = :outcome', { outcome });
  if (from) query.andWhere('c.createdAt >= :from', { from });
  if (to) query.andWhere('c.createdAt < :to', { to });
  if (behind)
    query.andWhere(
      `(c.createdAt, c.id) < ('epoch'::timestamptz + :microseconds::bigint * interval '1 microsecond', :id::uuid)`,
      behind,
    );
}
