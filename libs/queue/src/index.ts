export { type BullQueue } from './bull-queue.js';
export { openQueue } from './open-queue.js';
export { QueueUnavailableError } from './queue-unavailable.error.js';
export { type JobContext } from './job-context.js';
export { jobId, type StageJob, stageJobSchema } from './stage-job.js';
export {
  type Backend,
  type CaptureFlow,
  type JobState,
  type QueueLog,
  type QueueOptions,
  type QueueRole,
  type StageCounts,
  type StageHandler,
  type StageQueue,
} from './stage-queue.js';
export { type Stage, STAGES } from './stages.js';
export { type TaskKind, type TaskQueue } from './task-queue.js';
export { maxConnections } from './transport.js';
