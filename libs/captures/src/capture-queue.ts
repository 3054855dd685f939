import type { UnitOfWork } from '#database';
import { ProblemError } from '#errors';
import { type Backlog, estimateSeconds } from './backlog-estimate.js';
import { type CaptureState, isInFlight } from './capture.state.js';

/** Where a capture stands among all that are in flight. */
export interface Place {
  readonly state: CaptureState;
  /** 1 is next to be decided; 0 is not, or no longer, in flight. */
  readonly position: number;
  /** Whole seconds until its decision, as far as the latest ones tell; 0 when it is not in flight. */
  readonly etaSeconds: number;
}

interface Row extends Omit<Backlog, 'recent'> {
  readonly state: CaptureState;
  readonly recent: readonly (readonly [submittedAt: number, decidedAt: number])[] | null;
}

/** The pipeline as one line of all tenants' captures, since all share the workers. */
export class CaptureQueue {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly settings: { readonly deadlineMs: number },
  ) {}

  /**
   * @param captureId of a capture that the caller may see
   * @throws ProblemError capture_not_found when it was erased meanwhile
   */
  async placeOf(captureId: string): Promise<Place> {
    const [row] = await this.unitOfWork.inSystem((manager) => manager.query<Row[]>(BACKLOG, [captureId]));
    if (!row) throw new ProblemError('capture_not_found');
    const { state, ahead } = row;
    if (!isInFlight(state)) return { state, position: 0, etaSeconds: 0 };
    const recent = (row.recent ?? []).map(([submittedAt, decidedAt]) => ({ submittedAt, decidedAt }));
    // At the deadline it is decided, whatever has become of the workers.
    const seconds = Math.min(estimateSeconds({ ...row, recent }), this.settings.deadlineMs / 1_000);
    return { state, position: ahead + 1, etaSeconds: Math.max(1, Math.ceil(seconds)) };
  }
}

/** Every part is answered by an index that holds only what is in flight, or the latest decisions in their order. */
const BACKLOG = `
  WITH in_flight AS NOT MATERIALIZED (SELECT id, submitted_at FROM captures WHERE state IN ('submitted', 'processing'))
  SELECT own.state, extract(epoch FROM now())::float8 AS now,
    (SELECT count(*)::int FROM in_flight WHERE (submitted_at, id) < (own.submitted_at, own.id)) AS ahead,
    (SELECT extract(epoch FROM min(submitted_at))::float8 FROM in_flight) AS "oldestSubmittedAt",
    (SELECT json_agg(json_build_array(extract(epoch FROM submitted_at), extract(epoch FROM ended_at)))
     FROM (SELECT submitted_at, ended_at FROM captures
           WHERE state = 'decided' AND ended_at > now() - interval '15 minutes'
           ORDER BY ended_at DESC LIMIT 32) AS latest) AS recent
  FROM captures own WHERE own.id = $1`;
