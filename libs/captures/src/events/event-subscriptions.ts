import { setMaxListeners } from 'node:events';
import type { UnitOfWork } from '#database';
import { ProblemError } from '#errors';
import { Wait } from '../capture-waits.js';

/** The channel on which the database names every capture to which something happened. */
export const CAPTURE_EVENT_CHANNEL = 'sb_capture_event';

export type StreamLimit = 'process' | 'tenant';

export interface SubscriptionLimits {
  /** Event streams of this process, and of one tenant at this process. */
  readonly max: number;
  readonly maxPerTenant: number;
}

/** One reader of a capture's events, and how far it has come. */
export class Subscription extends Wait {
  constructor(
    readonly tenantId: string,
    readonly captureId: string,
    /** Of the last event it was given. */
    public seq: number,
  ) {
    super();
  }
}

/** Who follows captures at this process: a bounded number, none of whom holds a connection or a transaction. */
export class EventSubscriptions {
  private readonly byCapture = new Map<string, Set<Subscription>>();
  private readonly perTenant = new Map<string, number>();
  private count = 0;
  private readonly closing = new AbortController();

  /** @param onRefused told of each stream that found no place */
  constructor(
    private readonly limits: SubscriptionLimits,
    private readonly onRefused: (limit: StreamLimit) => void = () => undefined,
  ) {
    setMaxListeners(0, this.closing.signal);
  }

  /** How many follow now. */
  get size(): number {
    return this.count;
  }

  /** Aborts when every stream is to end. */
  get closed(): AbortSignal {
    return this.closing.signal;
  }

  /** @throws ProblemError event_streams_exhausted, tenant_streams_exhausted */
  add(tenantId: string, captureId: string, seq: number): Subscription {
    const ofTenant = this.perTenant.get(tenantId) ?? 0;
    if (this.closed.aborted || this.count >= this.limits.max)
      throw this.refused('process', 'event_streams_exhausted');
    if (ofTenant >= this.limits.maxPerTenant) throw this.refused('tenant', 'tenant_streams_exhausted');
    const subscription = new Subscription(tenantId, captureId, seq);
    this.byCapture.set(captureId, (this.byCapture.get(captureId) ?? new Set()).add(subscription));
    this.perTenant.set(tenantId, ofTenant + 1);
    this.count += 1;
    return subscription;
  }

  /** Gives the place back and ends the sleep of whoever had it; a second time has no effect. */
  remove(subscription: Subscription): void {
    const { captureId, tenantId } = subscription;
    const followers = this.byCapture.get(captureId);
    if (!followers?.delete(subscription)) return;
    if (followers.size === 0) this.byCapture.delete(captureId);
    const left = (this.perTenant.get(tenantId) ?? 1) - 1;
    if (left > 0) this.perTenant.set(tenantId, left);
    else this.perTenant.delete(tenantId);
    this.count -= 1;
    subscription.wake();
  }

  has(subscription: Subscription): boolean {
    return this.byCapture.get(subscription.captureId)?.has(subscription) ?? false;
  }

  /** The captures that are followed. */
  captureIds(): string[] {
    return [...this.byCapture.keys()];
  }

  /** Has whoever follows this capture, and has not come as far as `seq`, look at it again. */
  wake(captureId: string, seq = Infinity): void {
    for (const subscription of this.byCapture.get(captureId) ?? [])
      if (subscription.seq < seq) subscription.wake();
  }

  /** Ends every stream, for good. */
  close(): void {
    this.closing.abort();
    for (const captureId of this.captureIds()) this.wake(captureId);
  }

  private refused(limit: StreamLimit, code: 'event_streams_exhausted' | 'tenant_streams_exhausted') {
    this.onRefused(limit);
    return new ProblemError(code);
  }
}

/** Wakes the followers that are behind, or whose capture was erased: what a notification that was lost should have done. */
export async function wakeBehind(unitOfWork: UnitOfWork, subscriptions: EventSubscriptions): Promise<void> {
  const ids = subscriptions.captureIds();
  if (ids.length === 0) return;
  const rows = await unitOfWork.inSystem((manager) =>
    manager.query<{ id: string; seq: number }[]>(
      'SELECT capture_id AS id, max(seq) AS seq FROM capture_events WHERE capture_id = ANY($1::uuid[]) GROUP BY 1',
      [ids],
    ),
  );
  const latest = new Map(rows.map(({ id, seq }) => [id, seq]));
  for (const id of ids) subscriptions.wake(id, latest.get(id));
}
