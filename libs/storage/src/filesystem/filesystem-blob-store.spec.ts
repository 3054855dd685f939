import { chmod, mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BlobStore } from '../blob-store.js';
import { BlobExistsError, BlobStoreUnavailableError } from '../errors.js';
import { describeBlobStore } from '../testing/blob-store.contract.js';
import { filesystemBlobStore } from './filesystem-blob-store.js';

const makeRoot = () => mkdtemp(join(tmpdir(), 'blobs-'));

describeBlobStore('filesystem', async () => {
  const root = await makeRoot();
  return { store: await filesystemBlobStore(root), close: () => rm(root, { recursive: true }) };
});

describe('filesystem blob store', () => {
  let root: string;
  let store: BlobStore;

  beforeEach(async () => {
    root = await makeRoot();
    store = await filesystemBlobStore(join(root, 'data/blobs'));
  });
  afterEach(() => rm(root, { recursive: true }));

  const inRoot = (...parts: string[]) => join(root, 'data/blobs', ...parts);
  const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
  const temporaries = () => readdir(inRoot('tmp'));

  it('lets only the owner in, also to folders that were open before', async () => {
    await store.put('a/b/c', Buffer.of(1));
    await chmod(inRoot('blobs'), 0o777);
    await filesystemBlobStore(inRoot());

    for (const folder of ['', 'blobs', 'tmp', 'blobs/a', 'blobs/a/b'])
      expect(await modeOf(inRoot(folder))).toBe('700');
    expect(await modeOf(inRoot('blobs/a/b/c+blob'))).toBe('600');
  });

  it('leaves neither temporary files nor empty folders behind', async () => {
    await store.put('a/b/c', Buffer.of(1));
    await expect(store.put('a/b/c', Buffer.of(2))).rejects.toThrow(BlobExistsError);
    await expect(store.put('x/y', Buffer.of(2), { signal: AbortSignal.abort() })).rejects.toThrow();
    expect(await temporaries()).toEqual([]);

    await store.delete('a/b/c');
    await store.put('a/b/c/d', Buffer.of(1));
    await store.deletePrefix('a/b/');
    expect(await readdir(inRoot('blobs'))).toEqual([]);
  });

  it('leaves files that are not its own alone', async () => {
    await store.put('a/b', Buffer.of(1));
    await writeFile(inRoot('blobs/a/notes.txt'), 'mine');
    expect(await store.deletePrefix('a/')).toBe(1);
    expect(await readdir(inRoot('blobs/a'))).toEqual(['notes.txt']);
    for await (const entry of store.list('')) throw new Error(`Listed ${entry.key}`);
  });

  it('sweeps old leftovers of interrupted writes and probes only', async () => {
    await store.put('kept', Buffer.of(1));
    await store.put('health-check/old', Buffer.of(1));
    await store.put('health-check/new', Buffer.of(1));
    for (const name of ['old', 'new']) await writeFile(inRoot('tmp', name), 'partial');
    const hourAgo = new Date(Date.now() - 3_600_000);
    for (const path of ['tmp/old', 'blobs/kept+blob', 'blobs/health-check/old+blob']) {
      await utimes(inRoot(path), hourAgo, hourAgo);
    }

    expect(await store.sweepTemporary(600_000)).toBe(2);
    expect(await temporaries()).toEqual(['new']);
    expect(await readdir(inRoot('blobs/health-check'))).toEqual(['new+blob']);
    expect(await store.get('kept')).toEqual(Buffer.of(1));
  });

  it('fails a put whose temporary file was swept away, instead of trying for ever', async () => {
    const { signal } = new AbortController();
    let looks = 0;
    signal.throwIfAborted = () => {
      // The second look is the one between the write and the link.
      if (++looks === 2) for (const name of readdirSync(inRoot('tmp'))) rmSync(inRoot('tmp', name));
    };
    await expect(store.put('a/b', Buffer.of(1), { signal })).rejects.toHaveProperty('code', 'ENOENT');
    expect(looks).toBe(2);
    expect(await readdir(inRoot('blobs'))).toEqual([]);
  });

  it.each(['tmp', 'blobs'])('is not ready when %s is broken', async (folder) => {
    await rm(inRoot(folder), { recursive: true });
    await writeFile(inRoot(folder), 'not a folder');
    await expect(store.check()).rejects.toThrow(BlobStoreUnavailableError);
  });

  it('is not made where it cannot write', async () => {
    await mkdir(join(root, 'other'));
    await writeFile(join(root, 'other/blobs'), 'a file in the way');
    await expect(filesystemBlobStore(join(root, 'other'))).rejects.toThrow();
  });
});
