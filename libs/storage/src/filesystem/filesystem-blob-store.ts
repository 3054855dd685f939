import { chmod, opendir, readdir, readFile, stat, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { deletablePrefixSegments, prefixSegments } from '../blob-key.js';
import { type BlobEntry, type BlobStore, type PutOptions } from '../blob-store.js';
import { BlobExistsError, BlobNotFoundError } from '../errors.js';
import { probeBlobStore, sweepProbes } from '../probe.js';
import { writeNewFile } from './durable-write.js';
import { FOLDER_MODE, makeFolder, pruneEmpty, syncFolder, upTo } from './folders.js';
import { hasCode, ignoring } from './fs-errors.js';
import { Layout, segmentOfFile } from './layout.js';

export interface FilesystemBlobStoreOptions {
  /** How long `check()` waits, in ms; 2,000 unless told. */
  readonly checkDeadlineMs?: number;
}

/**
 * Blobs as files (0600) in folders (0700) under `root`, which is made if missing; several processes may share it. The
 * file system must know hard links.
 */
export async function filesystemBlobStore(
  root: string,
  options: FilesystemBlobStoreOptions = {},
): Promise<BlobStore> {
  const base = resolve(root);
  const layout = new Layout(base);
  const topmost = (await makeFolder(layout.blobs)) ?? layout.blobs;
  await makeFolder(layout.temporary);
  // A folder made earlier, or by someone else, may be open to others.
  for (const folder of [layout.blobs, layout.temporary]) await chmod(folder, FOLDER_MODE);
  for (const folder of upTo(dirname(topmost), base)) await syncFolder(folder);
  return new FilesystemBlobStore(layout, options.checkDeadlineMs ?? 2_000);
}

class FilesystemBlobStore implements BlobStore {
  constructor(
    private readonly layout: Layout,
    private readonly checkDeadlineMs: number,
  ) {}

  async put(key: string, bytes: Uint8Array, { signal }: PutOptions = {}): Promise<void> {
    try {
      await writeNewFile(this.layout, this.layout.fileOf(key), bytes, signal);
    } catch (error) {
      throw hasCode(error, 'EEXIST') ? new BlobExistsError(key) : error;
    }
  }

  async get(key: string): Promise<Buffer> {
    const bytes = await ignoring(['ENOENT'], readFile(this.layout.fileOf(key)));
    if (!bytes) throw new BlobNotFoundError(key);
    return bytes;
  }

  async delete(key: string): Promise<void> {
    const file = this.layout.fileOf(key);
    await ignoring(['ENOENT'], unlink(file));
    await syncFolder(dirname(file));
    await pruneEmpty(this.layout.blobs, dirname(file));
  }

  async deletePrefix(prefix: string): Promise<number> {
    const folder = this.layout.folderOf(deletablePrefixSegments(prefix));
    const removed = await removeBlobs(folder);
    await pruneEmpty(this.layout.blobs, folder);
    return removed;
  }

  async *list(prefix: string): AsyncIterable<BlobEntry> {
    yield* walk(this.layout.folderOf(prefixSegments(prefix)), prefix);
  }

  async check(): Promise<void> {
    await probeBlobStore(this, this.checkDeadlineMs);
  }

  async sweepTemporary(olderThanMs: number): Promise<number> {
    const limit = Date.now() - olderThanMs;
    let removed = 0;
    for (const name of await readdir(this.layout.temporary)) {
      const file = join(this.layout.temporary, name);
      const stats = await ignoring(['ENOENT'], stat(file));
      if (!stats || stats.mtimeMs > limit) continue;
      if (await unlinked(file)) removed += 1;
    }
    return removed + (await sweepProbes(this, olderThanMs));
  }
}

async function* walk(folder: string, prefix: string): AsyncIterable<BlobEntry> {
  const entries = await ignoring(['ENOENT'], opendir(folder));
  if (!entries) return;
  for await (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      yield* walk(path, `${prefix}${entry.name}/`);
      continue;
    }
    const segment = segmentOfFile(entry.name);
    const stats = segment === undefined ? undefined : await ignoring(['ENOENT'], stat(path));
    if (stats) yield { key: `${prefix}${segment}`, size: stats.size, modifiedAt: stats.mtime };
  }
}

async function removeBlobs(folder: string): Promise<number> {
  let removed = 0;
  const entries = (await ignoring(['ENOENT'], readdir(folder, { withFileTypes: true }))) ?? [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) removed += await removeBlobs(path);
    else if (segmentOfFile(entry.name) !== undefined && (await unlinked(path))) removed += 1;
  }
  await syncFolder(folder);
  await pruneEmpty(dirname(folder), folder);
  return removed;
}

async function unlinked(file: string): Promise<boolean> {
  const done = await ignoring(
    ['ENOENT'],
    unlink(file).then(() => true),
  );
  return done ?? false;
}
