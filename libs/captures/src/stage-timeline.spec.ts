import { STAGES, type Stage } from '#queue';
import { stageTimeline } from './stage-timeline.js';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 12, 0, seconds));
const submitted = {
  state: 'submitted',
  submittedAt: at(0),
  stage: 'extraction',
  stageStartedAt: null,
  stageAttempts: 0,
} as const;
const result = (stage: Stage, from: number, to: number, attempts = 1) =>
  ({ stage, attempts, status: 'done', startedAt: at(from), finishedAt: at(to) }) as const;
const nothing = { queuedAt: null, startedAt: null, finishedAt: null, waitMs: null, durationMs: null };

it('is empty before the submission', () => {
  expect(stageTimeline({ ...submitted, state: 'started', submittedAt: null }, [])).toEqual([]);
});

it('has the first stage wait from the submission on', () => {
  const [first, ...others] = stageTimeline(submitted, []);
  expect(first).toEqual({ ...nothing, stage: 'extraction', status: 'pending', attempts: 0, queuedAt: at(0) });
  expect(others).toEqual(
    STAGES.slice(1).map((stage) => ({ ...nothing, stage, status: 'pending', attempts: 0 })),
  );
});

it('has each stage wait from the end of the one before, and counts its attempts', () => {
  const running = {
    ...submitted,
    state: 'processing',
    stage: 'mesh',
    stageStartedAt: at(11),
    stageAttempts: 2,
  } as const;
  const timeline = stageTimeline(running, [result('depth', 5, 7), result('extraction', 1, 4, 3)]);
  expect(timeline.slice(0, 3)).toEqual([
    {
      stage: 'extraction',
      status: 'done',
      attempts: 3,
      queuedAt: at(0),
      startedAt: at(1),
      finishedAt: at(4),
      waitMs: 1_000,
      durationMs: 3_000,
    },
    {
      stage: 'depth',
      status: 'done',
      attempts: 1,
      queuedAt: at(4),
      startedAt: at(5),
      finishedAt: at(7),
      waitMs: 1_000,
      durationMs: 2_000,
    },
    {
      ...nothing,
      stage: 'mesh',
      status: 'running',
      attempts: 2,
      queuedAt: at(7),
      startedAt: at(11),
      waitMs: 4_000,
    },
  ]);
});

it('shows as skipped what an ended capture never came to', () => {
  const cancelled = { ...submitted, state: 'cancelled', stage: null } as const;
  const timeline = stageTimeline(cancelled, [result('extraction', 1, 2)]);
  expect(timeline.map(({ status }) => status)).toEqual(['done', 'skipped', 'skipped', 'skipped', 'skipped']);
  expect(timeline[1]).toEqual({ ...nothing, stage: 'depth', status: 'skipped', attempts: 0 });
});

it('never tells of a negative time, whatever two clocks say', () => {
  const [first] = stageTimeline(submitted, [result('extraction', -2, -3)]);
  expect([first?.waitMs, first?.durationMs]).toEqual([0, 0]);
});
