import { chown, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import lockfile from 'proper-lockfile';

/**
 * Replaces a file of secrets by what `change` makes of it, at once or not at all; of several who do so at the same time each one's
 * change is kept. Mode and owner stay as they are.
 * @returns false when `change` answered nothing and nothing was written
 */
export async function replaceSecretFile(
  file: string,
  change: (text: string) => string | undefined,
): Promise<boolean> {
  // A link must go on leading to the file.
  const path = await realpath(file);
  const release = await lockfile.lock(path, { retries: { retries: 20, minTimeout: 100, maxTimeout: 500 } });
  const temporary = `${path}.${process.pid}.new`;
  try {
    const changed = change(await readFile(path, 'utf8'));
    if (changed === undefined) return false;
    const { mode, uid, gid } = await stat(path);
    await writeFile(temporary, changed, { mode: mode & 0o777, flush: true });
    await giveTo(temporary, uid, gid);
    await rename(temporary, path);
    return true;
  } finally {
    await rm(temporary, { force: true });
    await release();
  }
}

/** Whoever could read the old file must be able to read the new one, when root rotates for another user. */
async function giveTo(path: string, uid: number, gid: number): Promise<void> {
  const own = await stat(path);
  if (own.uid !== uid || own.gid !== gid) await chown(path, uid, gid);
}
