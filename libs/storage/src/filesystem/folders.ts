import { mkdir, open, rmdir } from 'node:fs/promises';
import { dirname, relative, sep } from 'node:path';
import { platform } from 'node:process';
import { ignoring } from './fs-errors.js';

/** Owner only. */
export const FOLDER_MODE = 0o700;

/** `folder`, its parent, and so on up to and including `root`. */
export function upTo(root: string, folder: string): string[] {
  const depth = relative(root, folder).split(sep).filter(Boolean).length;
  const chain = [folder];
  for (let index = 0; index < depth; index += 1) chain.push(dirname(chain[index] ?? root));
  return chain;
}

/** Makes `folder` and its missing parents. @returns the topmost one it made, or undefined. */
export async function makeFolder(folder: string): Promise<string | undefined> {
  return mkdir(folder, { recursive: true, mode: FOLDER_MODE });
}

/** Makes a folder's entries durable; one pruned meanwhile has no entries left to lose. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open folders and journals their entries itself.
  if (platform === 'win32') return;
  const handle = await ignoring(['ENOENT'], open(folder, 'r'));
  if (!handle) return;
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes `folder` and its parents below `root` while they are empty; rmdir itself decides, so no put can lose a blob. */
export async function pruneEmpty(root: string, folder: string): Promise<void> {
  for (const candidate of upTo(root, folder).slice(0, -1)) {
    const occupied = await ignoring(['ENOENT'], removeIfEmpty(candidate));
    if (occupied) return;
  }
}

async function removeIfEmpty(folder: string): Promise<boolean> {
  // Some systems say EEXIST, and Windows EPERM or EBUSY, for a folder that is not empty or in use.
  const removed = await ignoring(
    ['ENOTEMPTY', 'EEXIST', 'EPERM', 'EBUSY'],
    rmdir(folder).then(() => true),
  );
  return removed === undefined;
}
