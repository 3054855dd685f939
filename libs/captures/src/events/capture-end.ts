import type { EntityManager } from 'typeorm';
import type { CoarseCode, Outcome, Purpose } from '#biometrics';
import type { CaptureState } from '../capture.state.js';

/** Topics of the outbox messages that tell of a capture's end; their aggregate is the capture. */
export const CAPTURE_END_TOPICS = ['capture.decided', 'capture.expired', 'capture.cancelled'] as const;

/** The topic of that end; undefined for a state that is none. */
export function endTopic(state: CaptureState): (typeof CAPTURE_END_TOPICS)[number] | undefined {
  return CAPTURE_END_TOPICS.find((topic) => topic === `capture.${state}`);
}

/** How a capture ended, as coarsely as an integrator may know. */
export interface CaptureEnd {
  readonly captureId: string;
  readonly subjectId: string | null;
  readonly purpose: Purpose;
  /** Null unless it was decided. */
  readonly outcome: Outcome | null;
  readonly code: CoarseCode | null;
  readonly at: Date;
}

/** Null when the capture was erased, or has not ended. */
export async function readCaptureEnd(manager: EntityManager, captureId: string): Promise<CaptureEnd | null> {
  const [end] = await manager.query<CaptureEnd[]>(
    `SELECT c.id AS "captureId", c.subject_id AS "subjectId", c.purpose, d.outcome, d.code, c.ended_at AS at
     FROM captures c LEFT JOIN decisions d ON d.capture_id = c.id WHERE c.id = $1 AND c.ended_at IS NOT NULL`,
    [captureId],
  );
  return end ?? null;
}
