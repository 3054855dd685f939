import { setTimeout as sleep } from 'node:timers/promises';

/** One caller who waits for a capture to end. */
export class Wait {
  private alarm = new AbortController();

  /** Sleeps until woken, at most `ms`; at once when it was woken since the last sleep ended. */
  async sleep(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.alarm.signal }).catch(() => undefined);
    this.alarm = new AbortController();
  }

  wake(): void {
    this.alarm.abort();
  }
}

/** How many callers may wait at once. */
export interface WaitBounds {
  readonly max: number;
  /** So that no tenant takes all the places. */
  readonly maxPerTenant: number;
}

/** Who waits in this process, and for which capture: a bounded number, none of whom holds a connection or a transaction. */
export class CaptureWaits {
  private readonly waits = new Map<string, Set<Wait>>();
  private readonly countOf = new Map<string, number>();
  private count = 0;
  private ended = false;

  constructor(private readonly bounds: WaitBounds) {}

  /** How many wait now. */
  get size(): number {
    return this.count;
  }

  get closed(): boolean {
    return this.ended;
  }

  /** The captures that are waited for. */
  captureIds(): string[] {
    return [...this.waits.keys()];
  }

  /** Runs `work` with a wait of its own; with null when as many as allowed wait already, or none may any more. */
  async during<T>(tenantId: string, captureId: string, work: (wait: Wait | null) => Promise<T>): Promise<T> {
    if (this.ended || this.isFullFor(tenantId)) return work(null);
    const wait = this.add(captureId);
    this.countOf.set(tenantId, this.sizeOf(tenantId) + 1);
    try {
      return await work(wait);
    } finally {
      this.remove(captureId, wait);
      this.leave(tenantId);
    }
  }

  /** Has whoever waits for this capture look at it again. */
  wake(captureId: string): void {
    for (const wait of this.waits.get(captureId) ?? []) wait.wake();
  }

  /** Ends every wait, for good: each caller is answered with what there is. */
  close(): void {
    this.ended = true;
    for (const captureId of this.captureIds()) this.wake(captureId);
  }

  private sizeOf(tenantId: string): number {
    return this.countOf.get(tenantId) ?? 0;
  }

  private isFullFor(tenantId: string): boolean {
    return this.count >= this.bounds.max || this.sizeOf(tenantId) >= this.bounds.maxPerTenant;
  }

  private leave(tenantId: string): void {
    const left = this.sizeOf(tenantId) - 1;
    if (left > 0) this.countOf.set(tenantId, left);
    else this.countOf.delete(tenantId);
  }

  private add(captureId: string): Wait {
    const wait = new Wait();
    this.waits.set(captureId, (this.waits.get(captureId) ?? new Set()).add(wait));
    this.count += 1;
    return wait;
  }

  private remove(captureId: string, wait: Wait): void {
    const waits = this.waits.get(captureId);
    if (!waits?.delete(wait)) return;
    this.count -= 1;
    if (waits.size === 0) this.waits.delete(captureId);
  }
}
