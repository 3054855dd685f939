import { ProblemError } from '#errors';
import type { CaptureEvent, CaptureEvents, CaptureNews } from './capture-events.js';
import type { EventSubscriptions, Subscription } from './event-subscriptions.js';

export interface FollowSettings {
  /** Silence after which a sign of life is sent, and the tables are read without having been woken. */
  readonly heartbeatMs: number;
  /** No stream lasts longer: whoever is still interested comes back and shows a valid token. */
  readonly maxMs: number;
}

/** A capture's events as they happen. Whoever took it must call `end`, also when nothing was read. */
export interface Followed {
  /** The events in order, null for a sign of life; ends behind the last event of a capture that has ended, or earlier. */
  readonly events: AsyncGenerator<CaptureEvent | null, void>;
  /** Aborts when the process closes: the events then end as soon as the next one is asked for. */
  readonly closing: AbortSignal;
  readonly end: () => void;
}

/** Follows a capture from any event on, at any process: what was missed is read from the tables, what is new is waited for. */
export class FollowCapture {
  constructor(
    private readonly events: Pick<CaptureEvents, 'after'>,
    private readonly subscriptions: EventSubscriptions,
    private readonly settings: FollowSettings,
    /** Told of the error that ended a stream early; its reader comes back and is told why. */
    private readonly onError: (error: unknown, captureId: string) => void,
  ) {}

  /**
   * @param after `seq` of the last event already known; 0 for none
   * @returns null when the capture has ended and nothing has happened behind that event
   * @throws ProblemError capture_not_found, event_streams_exhausted, tenant_streams_exhausted
   */
  async execute(tenantId: string, captureId: string, after: number): Promise<Followed | null> {
    // The place is taken before the first look, so that nothing happens unseen between the two.
    const subscription = this.subscriptions.add(tenantId, captureId, after);
    const end = () => this.subscriptions.remove(subscription);
    try {
      const first = await this.events.after(tenantId, captureId, after);
      if (first.ended && first.events.length === 0) {
        end();
        return null;
      }
      return { events: this.follow(subscription, first), closing: this.subscriptions.closed, end };
    } catch (error) {
      end();
      throw error;
    }
  }

  private async *follow(
    subscription: Subscription,
    first: CaptureNews,
  ): AsyncGenerator<CaptureEvent | null, void> {
    const { tenantId, captureId } = subscription;
    const over = performance.now() + this.settings.maxMs;
    let news: CaptureNews = first;
    try {
      for (;;) {
        for (const event of news.events) {
          yield event;
          subscription.seq = event.seq;
        }
        if (news.ended || !(await this.waitForMore(subscription, over))) return;
        news = await this.events.after(tenantId, captureId, subscription.seq);
        if (news.events.length === 0 && !news.ended) yield null;
      }
    } catch (error) {
      if (!isErased(error)) this.onError(error, captureId);
    }
  }

  /** Sleeps until there may be something new; false when the stream is to end. */
  private async waitForMore(subscription: Subscription, over: number): Promise<boolean> {
    const goesOn = () =>
      !this.subscriptions.closed.aborted && this.subscriptions.has(subscription) && performance.now() < over;
    if (goesOn())
      await subscription.sleep(Math.max(0, Math.min(this.settings.heartbeatMs, over - performance.now())));
    return goesOn();
  }
}

function isErased(error: unknown): boolean {
  return error instanceof ProblemError && error.code === 'capture_not_found';
}
