/** Everything an endpoint can subscribe to. Frozen: receivers branch on these names. */
export const WEBHOOK_EVENT_TYPES = [
  'capture.decided',
  'capture.expired',
  'capture.cancelled',
  'webhook.endpoint_disabled',
] as const;
export type WebhookEventType = (typeof WEBHOOK_EVENT_TYPES)[number];

/** What there is to tell, before anybody is looked for who wants to know. */
export interface WebhookEvent {
  readonly type: WebhookEventType;
  /** Of the thing it is about: told once of each, however often the outbox hands it on. */
  readonly about: string;
  /** The capture with which it is erased. */
  readonly captureId: string | null;
  readonly occurredAt: Date;
  /** Thin: ids and coarse words, from which a receiver asks on. */
  readonly data: Readonly<Record<string, string | null>>;
}
