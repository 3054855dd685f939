import { WebhookEndpointEntity } from './endpoints/webhook-endpoint.entity.js';

export { DeliverWebhook, type DeliveryReport } from './deliveries/deliver-webhook.js';
export {
  type AttemptView,
  DELIVERY_STATES,
  DeliveryLog,
  type DeliveryPage,
  type DeliveryState,
  type DeliveryView,
} from './deliveries/delivery-log.js';
export { DELIVERIES, type DeliveryTask } from './deliveries/delivery-task.js';
export { RedeliverWebhooks } from './deliveries/redeliver.js';
export { WebhookDispatcher } from './deliveries/webhook-dispatcher.js';
export { WebhookRetention } from './deliveries/webhook-retention.js';
export { type Describe, webhookTopics } from './deliveries/webhook-topics.js';
export {
  DISABLED_REASONS,
  type DisabledReason,
  ENDPOINT_STATES,
  type EndpointState,
} from './endpoints/webhook-endpoint.entity.js';
export {
  type EndpointChange,
  type EndpointView,
  type EndpointWish,
  WebhookEndpoints,
} from './endpoints/webhook-endpoints.js';
export { WEBHOOK_EVENT_TYPES, type WebhookEvent, type WebhookEventType } from './event-types.js';
export { AddressPolicy } from './sending/address-policy.js';
export { guardedAgent } from './sending/guarded-agent.js';
export {
  ATTEMPT_OUTCOMES,
  type AttemptOutcome,
  type AttemptResult,
  WebhookSender,
} from './sending/webhook-sender.js';
export { type WebhookSettings } from './settings.js';
export const WEBHOOK_ENTITIES = [WebhookEndpointEntity];
