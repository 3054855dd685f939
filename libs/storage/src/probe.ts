import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type BlobStore } from './blob-store.js';
import { BlobStoreUnavailableError } from './errors.js';

const PROBE_PREFIX = 'health-check/';
const PROBE_BYTES = 64;

/** Writes, reads back and deletes a probe blob. @throws BlobStoreUnavailableError on any failure or past the deadline. */
export async function probeBlobStore(store: BlobStore, deadlineMs: number): Promise<void> {
  const settled = new AbortController();
  const deadline = delay(deadlineMs, undefined, { signal: settled.signal }).then(() => {
    throw new BlobStoreUnavailableError(`The blob store did not answer within ${deadlineMs} ms`);
  });
  try {
    // A hung file system cannot be aborted, so the deadline races the operations and leaves them behind.
    await Promise.race([writeReadDelete(store), deadline]);
  } catch (error) {
    if (error instanceof BlobStoreUnavailableError) throw error;
    throw new BlobStoreUnavailableError('The blob store failed its probe', { cause: error });
  } finally {
    settled.abort();
  }
}

/** Removes probes that a crash left behind. @returns how many. */
export async function sweepProbes(store: BlobStore, olderThanMs: number): Promise<number> {
  const limit = Date.now() - olderThanMs;
  let removed = 0;
  for await (const { key, modifiedAt } of store.list(PROBE_PREFIX)) {
    if (modifiedAt.getTime() > limit) continue;
    await store.delete(key);
    removed += 1;
  }
  return removed;
}

async function writeReadDelete(store: BlobStore): Promise<void> {
  const key = `${PROBE_PREFIX}${randomUUID()}`;
  const bytes = randomBytes(PROBE_BYTES);
  await store.put(key, bytes);
  const read = await store.get(key);
  await store.delete(key);
  if (!read.equals(bytes))
    throw new BlobStoreUnavailableError('The blob store returned other bytes than were written');
}
