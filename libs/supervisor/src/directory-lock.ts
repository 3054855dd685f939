import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import lockfile from 'proper-lockfile';
import { isAlive } from './processes.js';

const STALE_MS = 5_000;
const TAKEOVER_DEADLINE_MS = 20_000;

/** Thrown when another living supervisor holds the directory. */
export class DirectoryInUseError extends Error {
  override readonly name = 'DirectoryInUseError';

  constructor(
    readonly directory: string,
    readonly pid: number | undefined,
  ) {
    super(
      `${directory} is in use by process ${pid ?? '(unknown)'}: stop it first, or choose another data directory.`,
    );
  }
}

export interface DirectoryLockOptions {
  /** What people know the directory as; appears in the error. */
  readonly label?: string;
  /** Process that stands for the holder in messages and whose death makes others wait instead of giving up. */
  readonly ownerPid?: number;
  /** Called when somebody else took the lock over, which means that this process was frozen for longer than 5 s. */
  readonly onLost: () => void;
  /** Ends the wait for a dead owner's lock. */
  readonly signal?: AbortSignal;
}

/**
 * Takes the one lock of a directory; a heartbeat on the lock decides who holds it, so process ids that mean nothing here
 * (another container, a reboot) never block it for ever.
 *
 * @returns a function that releases the lock
 * @throws DirectoryInUseError at once when the owner lives, or after 20 s when the lock of a dead owner is still being renewed
 */
export async function lockDirectory(
  directory: string,
  options: DirectoryLockOptions,
): Promise<() => Promise<void>> {
  const ownerFile = join(directory, 'lock.json');
  const end = Date.now() + TAKEOVER_DEADLINE_MS;
  for (;;) {
    try {
      const release = await lockfile.lock(directory, {
        lockfilePath: join(directory, 'lock'),
        realpath: false,
        stale: STALE_MS,
        update: 1_000,
        onCompromised: options.onLost,
      });
      await writeFile(ownerFile, JSON.stringify({ pid: options.ownerPid ?? process.pid }), { mode: 0o600 });
      return release;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
    }
    const owner = await ownerPid(ownerFile);
    if ((owner !== undefined && isAlive(owner)) || Date.now() >= end) {
      throw new DirectoryInUseError(options.label ?? directory, owner);
    }
    await sleep(100, undefined, { signal: options.signal });
  }
}

async function ownerPid(file: string): Promise<number | undefined> {
  try {
    const { pid } = JSON.parse(await readFile(file, 'utf8')) as { pid?: unknown };
    return typeof pid === 'number' ? pid : undefined;
  } catch {
    return undefined;
  }
}
