import type { Provider } from '@nestjs/common';
import type { Config } from '#config';
import { AddressPolicy, DeliveryLog, RedeliverWebhooks, WebhookEndpoints } from '#webhooks';
import { fromPlatform } from './from-platform.js';

/** Webhook endpoints and the log of their deliveries; workers deliver. */
export function webhookProviders({ WEBHOOK_ALLOW = [] }: Config): Provider[] {
  const policy = new AddressPolicy(WEBHOOK_ALLOW);
  return [
    fromPlatform(
      WebhookEndpoints,
      ({ unitOfWork, keyring }) => new WebhookEndpoints(unitOfWork, keyring, policy),
    ),
    fromPlatform(DeliveryLog, ({ unitOfWork }) => new DeliveryLog(unitOfWork)),
    fromPlatform(RedeliverWebhooks, ({ unitOfWork }) => new RedeliverWebhooks(unitOfWork)),
  ];
}
