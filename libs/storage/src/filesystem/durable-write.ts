import { randomUUID } from 'node:crypto';
import { access, link, open, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BlobStoreUnavailableError } from '../errors.js';
import { ignoring } from './fs-errors.js';
import { makeFolder, pruneEmpty, syncFolder, upTo } from './folders.js';
import { type Layout } from './layout.js';

const FILE_MODE = 0o600;
const MAX_LINK_ATTEMPTS = 100;

/**
 * Writes a new file: temporary file, fsync, link under its name, fsync of the folders. A link and not a rename, because
 * rename would silently replace a file that another writer made in between.
 * @throws the system's EEXIST error if the file exists; the signal's reason if aborted before the link.
 */
export async function writeNewFile(
  layout: Layout,
  file: string,
  bytes: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<void> {
  const temporary = join(layout.temporary, randomUUID());
  try {
    await writeSynced(temporary, bytes, signal);
    signal?.throwIfAborted();
    await linkIntoPlace(layout, temporary, file);
  } finally {
    await ignoring(['ENOENT'], unlink(temporary));
  }
}

async function writeSynced(path: string, bytes: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  const handle = await open(path, 'wx', FILE_MODE);
  try {
    await handle.writeFile(bytes, { signal });
    await handle.sync();
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  } finally {
    await handle.close();
  }
}

async function linkIntoPlace(layout: Layout, temporary: string, file: string): Promise<void> {
  const folder = dirname(file);
  try {
    await linkDespitePruning(temporary, file);
  } catch (error) {
    await pruneEmpty(layout.blobs, folder);
    throw error;
  }
  try {
    // All of them every time: a folder found in place may have been made by a put that has not synced it yet.
    for (const each of upTo(layout.blobs, folder)) await syncFolder(each);
  } catch (error) {
    await ignoring(['ENOENT'], unlink(file));
    throw error;
  }
}

async function linkDespitePruning(temporary: string, file: string): Promise<void> {
  for (let attempt = 1; attempt <= MAX_LINK_ATTEMPTS; attempt += 1) {
    // A concurrent delete may prune the folder while it is still empty; recursive mkdir reports that race in three ways.
    await ignoring(['ENOENT', 'ENOTDIR', 'EEXIST'], makeFolder(dirname(file)));
    const linked = await ignoring(
      ['ENOENT', 'ENOTDIR'],
      link(temporary, file).then(() => true),
    );
    if (linked) return;
    await access(temporary);
  }
  throw new BlobStoreUnavailableError(`The folder could not be made in ${MAX_LINK_ATTEMPTS} attempts`);
}
