import { type IQueueBackend, type Queue } from 'bullmq';

/** A queue as BullMQ's own object, whatever the back end. */
export type BullQueue = Queue<unknown, unknown, string, unknown, unknown, string, IQueueBackend>;
