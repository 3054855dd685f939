import { type Metrics, SharedReading } from '#observability';
import { type StageCounts, type StageQueue, STAGES } from '#queue';
import { consumersByStage, type Installation, type InstallationState } from '../installation/installation.js';

const JOB_STATES = [
  'waiting',
  'active',
  'delayed',
  'waitingChildren',
  'failed',
] as const satisfies (keyof StageCounts)[];
const CAPTURE_STATES = ['waiting', 'running'] as const;
const KEEP_MS = 3_000;
const DEADLINE_MS = 2_000;

/**
 * Gauges of the whole installation: every process that serves them serves the same numbers, so take one of them, not their sum. Where
 * the database or the queue does not answer in time its gauges are missing, and `sb_dependency_up` says so.
 */
export function measureInstallation(
  metrics: Metrics,
  installation: Installation,
  queue: Pick<StageQueue, 'counts'>,
): void {
  const stage = STAGES;
  const counts = new SharedReading(() => queue.counts(), { keepMs: KEEP_MS, deadlineMs: DEADLINE_MS });
  const ofState =
    <T>(read: (state: InstallationState) => readonly T[]) =>
    async () => {
      const state = await installation.state();
      return state ? read(state) : [];
    };

  metrics.gauge(
    'sb_dependency_up',
    'Whether a part of the installation answered this process in time: 1, else 0.',
    { part: ['database', 'queue'] },
    async () => {
      const [state, jobs] = await Promise.all([installation.state(), counts.get()]);
      return [
        { labels: { part: 'database' }, value: state ? 1 : 0 },
        { labels: { part: 'queue' }, value: jobs ? 1 : 0 },
      ];
    },
  );
  metrics.gauge(
    'sb_stage_captures',
    'Captures in flight by the stage they are at, and whether a worker has begun it.',
    { stage, state: CAPTURE_STATES },
    ofState(({ backlog }) =>
      backlog.flatMap((each) =>
        CAPTURE_STATES.map((state) => ({ labels: { stage: each.stage, state }, value: each[state] })),
      ),
    ),
  );
  metrics.gauge(
    'sb_stage_oldest_seconds',
    'How long a stage has been due for the capture that is there longest.',
    { stage },
    ofState(({ backlog }) =>
      backlog.map((each) => ({ labels: { stage: each.stage }, value: each.oldestSeconds })),
    ),
  );
  metrics.gauge(
    'sb_stage_consumers',
    'Workers that serve a stage.',
    { stage },
    ofState((state) =>
      Object.entries(consumersByStage(state)).map(([each, value]) => ({
        labels: { stage: each as (typeof STAGES)[number] },
        value,
      })),
    ),
  );
  metrics.gauge(
    'sb_queue_jobs',
    'Jobs in the queue by stage and state, as the queue counts them.',
    { stage, state: JOB_STATES },
    async () => {
      const jobs = await counts.get();
      return STAGES.flatMap((each) =>
        JOB_STATES.flatMap((state) =>
          jobs ? [{ labels: { stage: each, state }, value: jobs[each][state] }] : [],
        ),
      );
    },
  );
  metrics.gauge(
    'sb_outbox_messages',
    'Messages written and not yet handed on.',
    {},
    ofState(({ outbox }) => [{ labels: {}, value: outbox.messages }]),
  );
  metrics.gauge(
    'sb_outbox_oldest_seconds',
    'Age of the oldest message not yet handed on: the lag of the outbox.',
    {},
    ofState(({ outbox }) => [{ labels: {}, value: outbox.oldestSeconds }]),
  );
  metrics.gauge(
    'sb_audit_pending_events',
    'Audit events that wait for their place in the chain.',
    {},
    ofState(({ audit }) => [{ labels: {}, value: audit.events }]),
  );
  metrics.gauge(
    'sb_audit_oldest_pending_seconds',
    'Age of the oldest audit event without a place: the lag of the chain.',
    {},
    ofState(({ audit }) => [{ labels: {}, value: audit.oldestSeconds }]),
  );
}
