import { randomUUID } from 'node:crypto';
import { channel } from 'node:diagnostics_channel';
import { type ClaimedMessage, claimMessages, postponeMessage, removeMessage } from './outbox.js';
import type { UnitOfWork } from './unit-of-work.js';

export type TopicHandler = (message: ClaimedMessage) => Promise<void>;

export interface OutboxRelayOptions {
  readonly leaseMs: number;
  readonly batch?: number;
  /** Called with the error of a hand-over that will be tried again. */
  readonly onError: (error: unknown, message: ClaimedMessage) => void;
}

const MAX_DELAY_MS = 5_000;
const handedOver = channel('secure-biometric:outbox.handed-over');

/**
 * Hands outbox messages on, at least once each: claims by lease, commits, calls the topic's handler with no lock held, then
 * removes the message. Handlers are idempotent, because a relay may die between the hand-over and the removal.
 */
export class OutboxRelay {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly handlers: Readonly<Record<string, TopicHandler>>,
    private readonly options: OutboxRelayOptions,
  ) {}

  /** Relays what is due now; returns how many messages it claimed, so that a caller knows whether to go on at once. */
  async relayDue(): Promise<number> {
    const token = randomUUID();
    const { leaseMs, batch = 50 } = this.options;
    const messages = await this.unitOfWork.inSystem((manager) =>
      claimMessages(manager, { token, leaseMs, limit: batch }),
    );
    await Promise.all(messages.map((message) => this.handOver(message, token)));
    return messages.length;
  }

  private async handOver(message: ClaimedMessage, token: string): Promise<void> {
    try {
      const handler = this.handlers[message.topic];
      if (!handler) throw new Error(`No handler for outbox topic ${message.topic}`);
      await handler(message);
    } catch (error) {
      this.options.onError(error, message);
      const delay = Math.min(MAX_DELAY_MS, 100 * 2 ** Math.min(message.attempts, 10));
      await this.unitOfWork.inSystem((manager) => postponeMessage(manager, message.id, token, delay));
      return;
    }
    handedOver.publish({ topic: message.topic, aggregateId: message.aggregateId });
    await this.unitOfWork.inSystem((manager) => removeMessage(manager, message.id, token));
  }
}
