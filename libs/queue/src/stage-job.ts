import { z } from 'zod';

import { type Stage } from './stages.js';

/** The whole payload of a job: ids only, strict, versioned, so nothing personal can ever lie in the queue. */
export const stageJobSchema = z.strictObject({
  v: z.literal(1),
  tenantId: z.uuid(),
  captureId: z.uuid(),
  generation: z.int().min(1),
});

export type StageJob = z.infer<typeof stageJobSchema>;

/**
 * The one id a stage of a capture has in one generation. Adding it again while it is kept has no effect, and a new generation
 * gets new ids. BullMQ refuses `:` and plain integers, hence the dashes.
 */
export function jobId(captureId: string, generation: number, stage: Stage): `${string}-g${number}-${Stage}` {
  return `${captureId}-g${generation}-${stage}`;
}

/** The payload of a job if it is one of that stage and of a version this process knows, and lies under its own id. */
export function stageJobOf(stage: Stage, job: { id?: string; data: unknown }): StageJob | undefined {
  const { data } = stageJobSchema.safeParse(job.data);
  return data && job.id === jobId(data.captureId, data.generation, stage) ? data : undefined;
}
