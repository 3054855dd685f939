import { Child, describeExit, type ChildOptions } from './child.js';

/**
 * Runs a child that ends by itself.
 *
 * @throws Error with its last lines when it fails or takes longer than `deadlineMs`
 */
export async function runToEnd(
  options: ChildOptions,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<void> {
  const child = new Child(options);
  const kill = (): boolean => child.kill('SIGKILL');
  const timer = setTimeout(kill, deadlineMs);
  signal.addEventListener('abort', kill);
  try {
    const exit = await child.exited;
    if (exit.code === 0) return;
    signal.throwIfAborted();
    throw new Error(
      [`${options.name} failed (${describeExit(exit)})`, ...child.output().slice(-15)].join('\n  '),
    );
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', kill);
  }
}
