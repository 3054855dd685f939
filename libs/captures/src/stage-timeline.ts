import { type Stage, STAGES } from '#queue';
import { isInFlight } from './capture.state.js';
import type { CaptureEntity } from './entities/capture.entity.js';
import { STAGE_STATUSES, type StageResultEntity } from './entities/stage-result.entity.js';

/** Of a stage as it is shown, which may have no result yet. */
export const STAGE_VIEW_STATUSES = ['pending', 'running', ...STAGE_STATUSES] as const;

/** One stage of a capture; what has not happened yet is null. */
export interface StageView {
  readonly stage: Stage;
  readonly status: (typeof STAGE_VIEW_STATUSES)[number];
  /** When everything before it was done: the submission, or the stage before. */
  readonly queuedAt: Date | null;
  /** When its last attempt began. */
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** How often a worker began it. */
  readonly attempts: number;
  /** From `queuedAt` to `startedAt`: in the queue, and in attempts that failed. */
  readonly waitMs: number | null;
  /** From `startedAt` to `finishedAt`. */
  readonly durationMs: number | null;
}

type Progress = Pick<CaptureEntity, 'state' | 'submittedAt' | 'stage' | 'stageStartedAt' | 'stageAttempts'>;
type Result = Pick<StageResultEntity, 'stage' | 'status' | 'startedAt' | 'finishedAt' | 'attempts'>;

/** What every stage of a submitted capture did, does or waits for; empty before the submission. */
export function stageTimeline(capture: Progress, results: readonly Result[]): StageView[] {
  if (!capture.submittedAt) return [];
  let queuedAt: Date | null = capture.submittedAt;
  return STAGES.map((stage) => {
    const result = results.find((candidate) => candidate.stage === stage);
    const view = result ? finished(result, queuedAt) : unfinished(stage, capture, queuedAt);
    queuedAt = view.finishedAt;
    return view;
  });
}

function finished(result: Result, queuedAt: Date | null): StageView {
  const { stage, status, startedAt, finishedAt, attempts } = result;
  const waitMs = millisecondsBetween(queuedAt, startedAt);
  const durationMs = millisecondsBetween(startedAt, finishedAt);
  return { stage, status, queuedAt, startedAt, finishedAt, attempts, waitMs, durationMs };
}

function unfinished(stage: Stage, capture: Progress, queuedAt: Date | null): StageView {
  const none = { queuedAt: null, startedAt: null, finishedAt: null, waitMs: null, durationMs: null };
  if (!isInFlight(capture.state)) return { ...none, stage, status: 'skipped', attempts: 0 };
  if (capture.stage !== stage) return { ...none, stage, status: 'pending', attempts: 0 };
  const { stageStartedAt: startedAt, stageAttempts: attempts } = capture;
  const status = startedAt ? 'running' : 'pending';
  return {
    ...none,
    stage,
    status,
    attempts,
    queuedAt,
    startedAt,
    waitMs: millisecondsBetween(queuedAt, startedAt),
  };
}

/** Never negative: the two moments may be of two machines' clocks. */
function millisecondsBetween(from: Date | null, to: Date | null): number | null {
  return from && to && Math.max(0, to.getTime() - from.getTime());
}
