import type { EntityManager } from 'typeorm';
import type { TopicHandler, UnitOfWork } from '#database';
import { WEBHOOK_EVENT_TYPES, type WebhookEvent, type WebhookEventType } from '../event-types.js';
import { tellEndpoints } from './tell.js';

/** Finds out what there is to tell of the thing of that id; null when it is gone. */
export type Describe = (
  manager: EntityManager,
  type: WebhookEventType,
  aggregateId: string,
) => Promise<WebhookEvent | null>;

/**
 * What the relay does with outbox messages that webhooks tell of: one topic for each type of event.
 * @param wake called when deliveries have become due
 */
export function webhookTopics(
  unitOfWork: UnitOfWork,
  describe: Describe,
  wake: () => void,
): Record<string, TopicHandler> {
  const handlerOf =
    (type: WebhookEventType): TopicHandler =>
    async ({ tenantId, aggregateId }) => {
      const due = await unitOfWork.inTenant(tenantId, async (manager) => {
        const event = await describe(manager, type, aggregateId);
        return event ? tellEndpoints(manager, tenantId, event) : 0;
      });
      if (due > 0) wake();
    };
  return Object.fromEntries(WEBHOOK_EVENT_TYPES.map((type) => [type, handlerOf(type)]));
}
