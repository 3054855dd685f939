/**
 * Something read now and then for whoever asks: kept for a short while, read once for all who ask at the same time, and given
 * up on after a deadline, so that a scrape neither burdens a database nor hangs on one that is away.
 */
export class SharedReading<T> {
  private kept: { readonly value: T; readonly until: number } | undefined;
  private running: Promise<T> | undefined;

  constructor(
    private readonly read: () => Promise<T>,
    private readonly options: { readonly keepMs: number; readonly deadlineMs: number },
  ) {}

  /** Undefined when there is no answer in time, or none at all. A late one is kept for whoever asks next. */
  async get(): Promise<T | undefined> {
    if (this.kept && performance.now() < this.kept.until) return this.kept.value;
    this.running ??= this.start();
    return within(this.options.deadlineMs, this.running);
  }

  private async start(): Promise<T> {
    try {
      const value = await this.read();
      this.kept = { value, until: performance.now() + this.options.keepMs };
      return value;
    } finally {
      this.running = undefined;
    }
  }
}

async function within<T>(ms: number, answer: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([answer, late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
