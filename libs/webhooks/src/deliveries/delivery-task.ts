import { z } from 'zod';
import type { TaskKind } from '#queue';

/** The payload of a delivery's job: ids, and the how-manieth dispatch it is, so that no two have the same job id. */
const schema = z.strictObject({
  v: z.literal(1),
  tenantId: z.uuid(),
  deliveryId: z.uuid(),
  dispatch: z.int().min(1),
});

export type DeliveryTask = z.infer<typeof schema>;

/** The queue of deliveries, beside those of the stages. */
export const DELIVERIES: TaskKind<DeliveryTask> = {
  name: 'webhook-deliveries',
  schema,
  jobId: ({ deliveryId, dispatch }) => `${deliveryId}-d${dispatch}`,
};
