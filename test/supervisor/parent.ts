import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';

export const ROOT = join(import.meta.dirname, '..', '..');

/** A supervising process of a test's own, in a process group of its own, as a terminal would give it. */
export class Parent {
  readonly #process: ChildProcess;
  readonly #lines: Interface;
  readonly #said: string[] = [];
  readonly exited: Promise<unknown>;

  constructor(
    fixture: string,
    options: object,
    where: { root?: string; uid?: number; gid?: number; script?: string } = {},
  ) {
    const { root = ROOT, script = join(import.meta.dirname, 'fixtures', fixture), ...user } = where;
    this.#process = spawn(process.execPath, [script, root, JSON.stringify(options)], {
      ...user,
      cwd: '/',
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.exited = once(this.#process, 'exit');
    this.#lines = createInterface({ input: this.#process.stdout as NodeJS.ReadableStream });
    this.#process.stderr?.on('data', (chunk: Buffer) => this.#said.push(chunk.toString()));
  }

  get pid(): number {
    return this.#process.pid as number;
  }

  /** Its next line of JSON. */
  async says<T>(): Promise<T> {
    const line = once(this.#lines, 'line') as Promise<[string]>;
    const silent = once(this.#lines, 'close').then(() => {
      throw new Error(`The parent ended without a word:\n${this.#said.join('')}`);
    });
    const [text] = await Promise.race([line, silent]);
    silent.catch(() => undefined);
    return JSON.parse(text) as T;
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** As Ctrl-C does. */
  signalGroup(signal: NodeJS.Signals): void {
    process.kill(-this.pid, signal);
  }

  /** For tidying up after a test, whatever happened in it. */
  async end(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) this.kill('SIGKILL');
    await this.exited;
  }
}

/** Whether a process of that id runs; one that has ended but was not yet reaped does not. */
export function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
