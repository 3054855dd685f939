import { randomBytes } from 'node:crypto';
import { type BlobEntry, type BlobStore } from '../blob-store.js';
import { BlobExistsError, BlobNotFoundError, InvalidBlobKeyError } from '../errors.js';

/** An empty store, and how to dispose of it. */
export interface BlobStoreFixture {
  readonly store: BlobStore;
  close(): Promise<void>;
}

/** Furthest that the store's clock may be from ours, in ms. */
const CLOCK_SKEW_MS = 60_000;

/** What every implementation of the `BlobStore` port must do; `make` is called before each test. */
export function describeBlobStore(name: string, make: () => Promise<BlobStoreFixture>): void {
  describe(`blob store contract: ${name}`, () => {
    let fixture: BlobStoreFixture;
    let store: BlobStore;

    beforeEach(async () => {
      fixture = await make();
      store = fixture.store;
    });
    afterEach(() => fixture.close());

    const keys = async (prefix = '') => (await collect(store.list(prefix))).map(({ key }) => key).sort();

    it.each([0, 1, 3_000_000])('returns what was put: %i bytes', async (size) => {
      const bytes = randomBytes(size);
      await store.put('t/one.bin', bytes);
      expect((await store.get('t/one.bin')).equals(bytes)).toBe(true);
    });

    it('names the missing blob', async () => {
      await expect(store.get('t/none')).rejects.toThrow(new BlobNotFoundError('t/none'));
    });

    it('refuses to overwrite, and keeps the first', async () => {
      await store.put('t/a', Buffer.from('first'));
      await expect(store.put('t/a', Buffer.from('second'))).rejects.toThrow(new BlobExistsError('t/a'));
      expect((await store.get('t/a')).toString()).toBe('first');
    });

    it('lets exactly one of many concurrent puts win, whole', async () => {
      const bodies = Array.from({ length: 16 }, (_, index) => Buffer.alloc(200_000, index));
      const results = await Promise.allSettled(bodies.map((body) => store.put('t/race', body)));
      const winners = bodies.filter((_, index) => results[index]?.status === 'fulfilled');

      expect(winners).toHaveLength(1);
      expect((await store.get('t/race')).equals(winners[0] ?? Buffer.alloc(0))).toBe(true);
      for (const result of results) {
        if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(BlobExistsError);
      }
    });

    it('never shows readers a part of a blob', async () => {
      const body = Buffer.alloc(4_000_000, 1);
      let done = false;
      const put = store.put('t/big', body).finally(() => (done = true));
      while (!done) {
        const seen = await store.get('t/big').catch((error: unknown) => error);
        if (Buffer.isBuffer(seen)) expect(seen.length).toBe(body.length);
        else expect(seen).toBeInstanceOf(BlobNotFoundError);
      }
      await put;
    });

    it('deletes, again and again, and frees the key', async () => {
      await store.put('t/a', Buffer.of(1));
      await store.delete('t/a');
      await store.delete('t/a');
      await expect(store.get('t/a')).rejects.toThrow(BlobNotFoundError);
      await store.put('t/a', Buffer.of(2));
      expect(await store.get('t/a')).toEqual(Buffer.of(2));
    });

    it('keeps a blob beside longer keys that start with its own', async () => {
      for (const key of ['a', 'a/b', 'a/b/c']) await store.put(key, Buffer.from(key));
      await store.delete('a/b');
      expect(await keys()).toEqual(['a', 'a/b/c']);
      expect((await store.get('a')).toString()).toBe('a');
    });

    it('lists keys, sizes and times under a prefix', async () => {
      await store.put('t/1/a', Buffer.alloc(3));
      await store.put('t/1/x/b', Buffer.alloc(5));
      await store.put('t/10/c', Buffer.alloc(7));
      const entries = await collect(store.list('t/1/'));

      expect(entries.map(({ key, size }) => `${key}=${size}`).sort()).toEqual(['t/1/a=3', 't/1/x/b=5']);
      for (const { modifiedAt } of entries) {
        expect(Math.abs(Date.now() - modifiedAt.getTime())).toBeLessThan(CLOCK_SKEW_MS);
      }
      expect(await keys()).toEqual(['t/1/a', 't/1/x/b', 't/10/c']);
      expect(await keys('t/2/')).toEqual([]);
    });

    it('deletes a prefix, counts, and leaves the neighbours', async () => {
      for (const key of ['t/1/a', 't/1/x/b', 't/1/x/y/c', 't/10/d', 't/1'])
        await store.put(key, Buffer.of(1));
      expect(await store.deletePrefix('t/1/')).toBe(3);
      expect(await store.deletePrefix('t/1/')).toBe(0);
      expect(await keys()).toEqual(['t/1', 't/10/d']);
    });

    it('stores nothing when aborted', async () => {
      const early = AbortSignal.abort(new Error('gone early'));
      await expect(store.put('t/a', Buffer.of(1), { signal: early })).rejects.toThrow('gone early');

      const controller = new AbortController();
      const put = store.put('t/b', Buffer.alloc(2_000_000), { signal: controller.signal });
      controller.abort(new Error('gone meanwhile'));
      await expect(put).rejects.toThrow('gone meanwhile');
      expect(await keys()).toEqual([]);
    });

    it('loses no put while the last neighbour is deleted', async () => {
      const worker = async (id: number) => {
        for (let round = 0; round < 60; round += 1) {
          const key = `t/shared/deep/${id}-${round}`;
          await store.put(key, Buffer.from(key));
          expect((await store.get(key)).toString()).toBe(key);
          await store.delete(key);
          if (round % 10 === 0) expect(await store.deletePrefix(`t/shared/none-${id}/`)).toBe(0);
        }
        await store.put(`t/shared/deep/${id}`, Buffer.of(id));
      };
      await Promise.all([0, 1, 2, 3].map(worker));
      expect(await keys('t/')).toEqual([0, 1, 2, 3].map((id) => `t/shared/deep/${id}`));
    });

    it('loses no put while the prefix is deleted', async () => {
      let deleted = 0;
      let putting = true;
      const deleting = (async () => {
        while (putting) deleted += await store.deletePrefix('t/churn/');
      })();
      const put = async (id: number) => {
        for (let round = 0; round < 40; round += 1) await store.put(`t/churn/${id}/${round}`, Buffer.of(1));
      };
      try {
        await Promise.all([0, 1, 2, 3].map(put));
      } finally {
        putting = false;
        await deleting;
      }
      expect(deleted + (await keys('t/churn/')).length).toBe(160);
    });

    it('empties a prefix that is deleted twice at the same time', async () => {
      for (let index = 0; index < 20; index += 1) await store.put(`t/${index % 4}/${index}`, Buffer.of(1));
      const counts = await Promise.all([store.deletePrefix('t/'), store.deletePrefix('t/')]);
      expect(counts.reduce((sum, count) => sum + count)).toBeGreaterThanOrEqual(20);
      expect(await keys()).toEqual([]);
    });

    it('passes its own check and leaves no probe behind, even many at a time', async () => {
      await Promise.all(Array.from({ length: 8 }, () => store.check()));
      expect(await keys()).toEqual([]);
    });

    const longest = ['x'.repeat(200), 'y'.repeat(200), 'z'.repeat(110)].join('/');

    it.each(['a', '_-', 'a.b-c_d/0.enc', '-', 'tmp', longest])('accepts the key %p', async (key) => {
      await store.put(key, Buffer.of(1));
      expect(await keys()).toEqual([key]);
    });

    it.each(
      [
        '',
        '/',
        '/a',
        'a/',
        'a//b',
        '.',
        '..',
        '../a',
        'a/../b',
        'a..b',
        '.a',
        'a.',
        'a/./b',
        'A',
        'é',
        'a b',
        'a\\b',
      ].concat(['a\0', 'a\n', 'a+blob', 'x'.repeat(201), `${longest}/`.padEnd(513, 'w')]),
    )('refuses the key %p', async (key) => {
      await expect(store.put(key, Buffer.of(1))).rejects.toThrow(InvalidBlobKeyError);
      await expect(store.get(key)).rejects.toThrow(InvalidBlobKeyError);
      await expect(store.delete(key)).rejects.toThrow(InvalidBlobKeyError);
    });

    it.each(['a', '/', '../', 'a//', 'a/../', 'A/', '/a/'])('refuses the prefix %p', async (prefix) => {
      await expect(store.deletePrefix(prefix)).rejects.toThrow(InvalidBlobKeyError);
      await expect(collect(store.list(prefix))).rejects.toThrow(InvalidBlobKeyError);
    });

    it('refuses to delete everything', async () => {
      await expect(store.deletePrefix('')).rejects.toThrow(InvalidBlobKeyError);
    });
  });
}

async function collect(entries: AsyncIterable<BlobEntry>): Promise<BlobEntry[]> {
  const all: BlobEntry[] = [];
  for await (const entry of entries) all.push(entry);
  return all;
}
