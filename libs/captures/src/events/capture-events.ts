import type { EntityManager } from 'typeorm';
import type { UnitOfWork } from '#database';
import type { Stage } from '#queue';
import { findCapture } from '../capture.repository.js';
import { type CaptureState, isEnded } from '../capture.state.js';
import { type DecisionView, decisionView } from '../decision.view.js';
import { DecisionEntity } from '../entities/decision.entity.js';
import { StageResultEntity } from '../entities/stage-result.entity.js';
import { stageTimeline, type StageView } from '../stage-timeline.js';

export const CAPTURE_EVENT_KINDS = ['state', 'stage', 'decision'] as const;

/** One thing that happened to a capture. `seq` counts from 1 without a gap, in the order in which the deeds committed. */
export type CaptureEvent = { readonly seq: number } & (
  | { readonly kind: 'state'; readonly data: { readonly state: CaptureState; readonly at: Date } }
  | { readonly kind: 'stage'; readonly data: StageView }
  | { readonly kind: 'decision'; readonly data: DecisionView }
);

/** What has happened behind some event. */
export interface CaptureNews {
  readonly events: readonly CaptureEvent[];
  /** The capture has ended, and nothing comes after these. */
  readonly ended: boolean;
}

interface Row {
  readonly seq: number;
  readonly kind: (typeof CAPTURE_EVENT_KINDS)[number];
  readonly name: string;
  readonly at: Date;
}

/** Reads what happened to a capture. */
export class CaptureEvents {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /**
   * @param seq of the last event already known; 0 for none
   * @throws ProblemError capture_not_found
   */
  after(tenantId: string, captureId: string, seq: number): Promise<CaptureNews> {
    return this.unitOfWork.inTenant(tenantId, async (manager) => {
      // The state comes first: what had ended by then has all its events by now.
      const { state } = await findCapture(manager, captureId);
      const rows = await manager.query<Row[]>(
        `SELECT seq, kind, name, occurred_at AS at FROM capture_events WHERE capture_id = $1 AND seq > $2 ORDER BY seq`,
        [captureId, seq],
      );
      const ended =
        isEnded(state) || rows.some(({ kind, name }) => kind === 'state' && isEnded(stateOf(name)));
      return { ended, events: await describe(manager, captureId, rows) };
    });
  }
}

/** Reads what the events are about, after them: whatever they tell of is there, and never changes. */
async function describe(
  manager: EntityManager,
  captureId: string,
  rows: readonly Row[],
): Promise<CaptureEvent[]> {
  const has = (kind: Row['kind']) => rows.some((row) => row.kind === kind);
  const timeline = has('stage') ? await readTimeline(manager, captureId) : [];
  const decision = has('decision') ? await manager.findOneByOrFail(DecisionEntity, { captureId }) : null;
  return rows.map(({ seq, kind, name, at }): CaptureEvent => {
    switch (kind) {
      case 'state':
        return { seq, kind, data: { state: stateOf(name), at } };
      case 'stage':
        return { seq, kind, data: timeline.find(({ stage }) => stage === (name as Stage)) as StageView };
      case 'decision':
        return { seq, kind, data: decisionView(decision as DecisionEntity) };
    }
  });
}

async function readTimeline(manager: EntityManager, captureId: string): Promise<StageView[]> {
  const results = await manager.findBy(StageResultEntity, { captureId });
  return stageTimeline(await findCapture(manager, captureId), results);
}

/** The column repeats what the state machine's own column held. */
const stateOf = (name: string): CaptureState => name as CaptureState;
