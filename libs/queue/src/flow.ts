import { type FlowJob, type JobsOptions } from 'bullmq';

import { jobId, stageJobSchema } from './stage-job.js';
import { type Stage, STAGES } from './stages.js';

/** What is kept of finished jobs: enough for a dashboard and for refusing a second enqueue, bounded in number and seconds. */
export const RETENTION = {
  removeOnComplete: { age: 3_600, count: 1_000 },
  removeOnFail: { age: 86_400, count: 1_000 },
} as const satisfies JobsOptions;

/** Half of each back-off is drawn at random, so jobs that failed together do not come back together. */
const JITTER = 0.5;

export interface FlowPolicy {
  /** Attempts of each stage, at least 1. */
  readonly attempts: number;
  /** First back-off in milliseconds; it doubles with every attempt. */
  readonly backoffMs: number;
}

/**
 * The flow of one generation: decision ← liveness ← mesh ← depth ← extraction. BullMQ runs children before parents; a child that
 * failed for good still releases its parent, because the decision must always be taken.
 * @throws ZodError when an id is not a UUID or the generation not a positive integer
 */
export function captureFlow(
  target: { tenantId: string; captureId: string; generation: number },
  policy: FlowPolicy,
): FlowJob {
  const { tenantId, captureId, generation } = target;
  const data = stageJobSchema.parse({ v: 1, tenantId, captureId, generation });
  const node = (stage: Stage, child: FlowJob | undefined, root: boolean): FlowJob => ({
    name: stage,
    queueName: stage,
    data,
    opts: {
      ...RETENTION,
      jobId: jobId(captureId, generation, stage),
      attempts: policy.attempts,
      backoff: { type: 'exponential', delay: policy.backoffMs, jitter: JITTER },
      stackTraceLimit: 3,
      ...(root ? {} : { ignoreDependencyOnFailure: true }),
    },
    ...(child ? { children: [child] } : {}),
  });
  const [leaf, ...rest] = STAGES;
  return rest.reduce<FlowJob>(
    (child, stage) => node(stage, child, stage === STAGES.at(-1)),
    node(leaf, undefined, false),
  );
}
