/**
 * Runs a task over and over on a plain timer: never two at once, sooner when woken, at once again while it reports work done.
 * An error ends the round, not the loop.
 */
export class Loop {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private wokenAgain = false;
  private stopped = true;

  constructor(
    private readonly task: () => Promise<number>,
    private readonly intervalMs: number,
    private readonly onError: (error: unknown) => void,
  ) {}

  start(): void {
    this.stopped = false;
    this.wake();
  }

  wake(): void {
    if (this.stopped) return;
    if (this.running) {
      this.wokenAgain = true;
      return;
    }
    clearTimeout(this.timer);
    this.running = this.round().finally(() => {
      this.running = undefined;
      if (this.wokenAgain) {
        this.wokenAgain = false;
        this.wake();
      } else if (!this.stopped) {
        this.timer = setTimeout(() => this.wake(), this.intervalMs);
      }
    });
  }

  /** Ends the loop after the round that is running. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private async round(): Promise<void> {
    try {
      while ((await this.task()) > 0 && !this.stopped);
    } catch (error) {
      this.onError(error);
    }
  }
}
