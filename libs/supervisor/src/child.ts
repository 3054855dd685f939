import { fork, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { sendSignal } from './processes.js';

const KEPT_LINES = 500;
const LAST_OUTPUT_MS = 500;

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ChildOptions {
  /** Prefix of its lines in the log, e.g. `worker-2`. */
  readonly name: string;
  /** Absolute path of a built entry file. */
  readonly entry: string;
  readonly args?: readonly string[];
  /** The whole environment. */
  readonly env: NodeJS.ProcessEnv;
  readonly log?: ((line: string) => void) | undefined;
  /** Called for each message over the channel other than `ready` and `failed`. */
  readonly onMessage?: (message: unknown) => void;
}

/**
 * A Node process with a channel to its parent. It runs in a process group of its own, so that Ctrl-C reaches the supervisor
 * alone; the closing channel tells it when the supervisor dies.
 */
export class Child {
  readonly name: string;
  readonly pid: number;
  /** Settles when the process is gone and its output has been read. */
  readonly exited: Promise<Exit>;
  readonly #process: ChildProcess;
  readonly #lines: string[] = [];
  readonly #ready: Promise<Readonly<Record<string, unknown>>>;
  #url: string | undefined;

  constructor(options: ChildOptions) {
    this.name = options.name;
    this.#process = fork(options.entry, options.args ?? [], {
      env: options.env,
      execArgv: [],
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.pid = this.#process.pid ?? -1;
    this.#collect(this.#process.stdout, options.log);
    this.#collect(this.#process.stderr, options.log);
    this.exited = this.#watchExit();
    this.#ready = this.#watchReady(options.onMessage);
    // A child that nobody waits for must not end its parent by failing.
    this.#ready.catch(() => undefined);
  }

  /** The address it reported when ready, if any. */
  get url(): string | undefined {
    return this.#url;
  }

  get running(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null && this.pid > 0;
  }

  /** Its last lines of output, 500 at most, oldest first. */
  output(): readonly string[] {
    return [...this.#lines];
  }

  kill(signal: NodeJS.Signals = 'SIGTERM'): boolean {
    return this.running && sendSignal(this.pid, signal);
  }

  /** Sends a message; a child that is already gone is not an error. */
  send(message: object): void {
    if (this.#process.connected) this.#process.send(message, () => undefined);
  }

  /** Closes the channel, which a child takes for the death of its parent. */
  disconnect(): void {
    if (this.#process.connected) this.#process.disconnect();
  }

  /**
   * The message `{ type: 'ready', … }`.
   *
   * @throws Error with its last lines when the child exits first, says `failed`, or is silent for `deadlineMs`
   */
  async whenReady(deadlineMs: number): Promise<Readonly<Record<string, unknown>>> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(this.#failure(`was not ready within ${deadlineMs / 1000} s`)),
        deadlineMs,
      );
    });
    return Promise.race([this.#ready, late]).finally(() => clearTimeout(timer));
  }

  /** SIGTERM, then SIGKILL after `graceMs` or as soon as `hurry` is aborted. */
  async stop(graceMs: number, hurry?: AbortSignal): Promise<Exit> {
    const kill = (): boolean => this.kill('SIGKILL');
    this.kill('SIGTERM');
    const timer = setTimeout(kill, graceMs);
    hurry?.addEventListener('abort', kill);
    if (hurry?.aborted) kill();
    return this.exited.finally(() => {
      clearTimeout(timer);
      hurry?.removeEventListener('abort', kill);
    });
  }

  #collect(stream: Readable | null, log: ChildOptions['log']): void {
    if (!stream) return;
    createInterface({ input: stream }).on('line', (line) => {
      this.#lines.push(line);
      if (this.#lines.length > KEPT_LINES) this.#lines.shift();
      log?.(`${this.name} | ${line}`);
    });
  }

  #watchExit(): Promise<Exit> {
    return new Promise((resolve) => {
      const child = this.#process;
      child.once('error', () => {
        if (child.pid === undefined) resolve({ code: null, signal: null });
      });
      child.once('close', (code, signal) => resolve({ code, signal }));
      // A grandchild may hold the pipes open: the exit alone has to do then.
      child.once('exit', (code, signal) =>
        setTimeout(() => resolve({ code, signal }), LAST_OUTPUT_MS).unref(),
      );
    });
  }

  #watchReady(onMessage: ChildOptions['onMessage']): Promise<Readonly<Record<string, unknown>>> {
    return new Promise((resolve, reject) => {
      this.#process.on('message', (message: Record<string, unknown>) => {
        if (message?.type === 'ready') {
          if (typeof message.url === 'string') this.#url = message.url;
          resolve(message);
        } else if (message?.type === 'failed') {
          reject(new Error(String(message.message)));
        } else onMessage?.(message);
      });
      void this.exited.then((exit) => reject(this.#failure(`ended early (${describeExit(exit)})`)));
    });
  }

  #failure(what: string): Error {
    return new Error([`${this.name} ${what}`, ...this.#lines.slice(-15)].join('\n  '));
  }
}

/** For people: `exit code 1`, `signal SIGKILL`. */
export function describeExit({ code, signal }: Exit): string {
  return signal ? `signal ${signal}` : `exit code ${code ?? 'unknown'}`;
}
