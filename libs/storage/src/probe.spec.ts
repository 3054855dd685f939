import { type BlobStore } from './blob-store.js';
import { BlobStoreUnavailableError } from './errors.js';
import { probeBlobStore } from './probe.js';

/** A store in memory with one fault. */
function faulty(fault: Partial<BlobStore>): BlobStore {
  const blobs = new Map<string, Buffer>();
  return {
    put: (key, bytes) => Promise.resolve(void blobs.set(key, Buffer.from(bytes))),
    get: (key) => Promise.resolve(blobs.get(key) ?? Buffer.alloc(0)),
    delete: (key) => Promise.resolve(void blobs.delete(key)),
    deletePrefix: () => Promise.resolve(0),
    list: () => (async function* () {})(),
    check: () => Promise.resolve(),
    sweepTemporary: () => Promise.resolve(0),
    ...fault,
  };
}

const never = () => new Promise<never>(() => {});

describe('probe', () => {
  it('passes a working store', async () => {
    await expect(probeBlobStore(faulty({}), 1_000)).resolves.toBeUndefined();
  });

  it.each<[string, Partial<BlobStore>]>([
    ['put', { put: never }],
    ['get', { get: never }],
    ['delete', { delete: never }],
  ])('gives up on a store whose %s hangs', async (_, fault) => {
    await expect(probeBlobStore(faulty(fault), 50)).rejects.toThrow(/did not answer within 50 ms/);
  });

  it('fails a store that returns other bytes', async () => {
    const store = faulty({ get: () => Promise.resolve(Buffer.alloc(64)) });
    await expect(probeBlobStore(store, 1_000)).rejects.toThrow(/other bytes/);
  });

  it('keeps the cause', async () => {
    const cause = new Error('disk full');
    const store = faulty({ put: () => Promise.reject(cause) });
    const failure: unknown = await probeBlobStore(store, 1_000).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(BlobStoreUnavailableError);
    expect(failure).toHaveProperty('cause', cause);
  });
});
