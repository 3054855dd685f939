import { setTimeout as sleep } from 'node:timers/promises';
import { Child, describeExit, type ChildOptions } from './child.js';

const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 30_000;

export interface FleetOptions {
  /** `api` or `worker`: names and log lines start with it. */
  readonly role: string;
  readonly entry: string;
  /** Start a child again, with back-off, when it exits without being asked to. */
  readonly restart: boolean;
  readonly readyDeadlineMs: number;
  readonly log: (line: string) => void;
  /** Variables that make a restarted child take the place of the one before, e.g. its port. */
  readonly inherit?: (before: Child) => NodeJS.ProcessEnv;
}

/** All children of one role: starts them, replaces those that die, stops them. */
export class Fleet {
  readonly #children: Child[] = [];
  readonly #stopping = new AbortController();
  #count = 0;

  constructor(private readonly options: FleetOptions) {}

  /** The living children, oldest first; a live view. */
  get children(): readonly Child[] {
    return this.#children;
  }

  /**
   * Starts one more child and waits until it is ready.
   *
   * @param env the whole environment
   * @throws Error with the child's last lines when it does not become ready; it is not started again then
   */
  async start(env: NodeJS.ProcessEnv): Promise<Child> {
    return this.#launch({ name: `${this.options.role}-${++this.#count}`, env });
  }

  /** Asks all to end, kills what has not ended after `graceMs`. No child starts afterwards. */
  async stop(graceMs: number, hurry: AbortSignal): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#children.map((child) => child.stop(graceMs, hurry)));
  }

  async #launch(how: Pick<ChildOptions, 'name' | 'env'>): Promise<Child> {
    if (this.#stopping.signal.aborted) throw new Error('The stack is stopping.');
    const child = new Child({ ...how, entry: this.options.entry, log: this.options.log });
    this.#children.push(child);
    void child.exited.then(() => this.#children.splice(this.#children.indexOf(child), 1));
    try {
      await child.whenReady(this.options.readyDeadlineMs);
    } catch (error) {
      await child.stop(0);
      throw error;
    }
    void this.#watch(child, how);
    return child;
  }

  async #watch(child: Child, how: Pick<ChildOptions, 'name' | 'env'>): Promise<void> {
    const exit = await child.exited;
    if (this.#stopping.signal.aborted) return;
    this.options.log(`${child.name} ended unexpectedly (${describeExit(exit)})`);
    if (!this.options.restart) return;
    const env = { ...how.env, ...this.options.inherit?.(child) };
    for (let delay = FIRST_DELAY_MS; ; delay = Math.min(2 * delay, MAX_DELAY_MS)) {
      try {
        await sleep(delay, undefined, { signal: this.#stopping.signal });
        await this.#launch({ ...how, env });
        return this.options.log(`${child.name} runs again`);
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        this.options.log(error instanceof Error ? error.message : String(error));
      }
    }
  }
}
