import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FaceQuality, makeTemplate, QUALITY_COMPONENTS } from '#biometrics';
import type { PhotographExtraction } from '#inference';
import { acquire, judge } from './acquire.js';
import type { LabelledPicture } from './manifest.js';
import { progress } from './progress.js';
import { TemplateCache } from './template-cache.js';

const perfect = Object.fromEntries(QUALITY_COMPONENTS.map((component) => [component, 100])) as FaceQuality;
const template = makeTemplate(
  'test@1',
  Array.from({ length: 192 }, (_, i) => Math.sin(i + 1)),
);
const found: PhotographExtraction = { status: 'ok', template, quality: perfect };
const missed: PhotographExtraction = { status: 'no_face', template: null, quality: null };
const engine = { backend: 'wasm', models: [{ id: 'm', version: '1.0.0', sha256: 'ab' }] };

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'cache-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

const picture = (name: string): LabelledPicture => ({
  path: name,
  identity: name,
  groups: {},
  read: () => Promise.resolve(Buffer.from(name)),
});

describe('the cache', () => {
  it('gives back to the bit what was extracted, a failure too', async () => {
    const cache = await TemplateCache.open(folder, engine);
    await cache.put(Buffer.from('face'), found);
    await cache.put(Buffer.from('wall'), missed);
    expect(await cache.get(Buffer.from('face'))).toEqual(found);
    expect(await cache.get(Buffer.from('wall'))).toEqual(missed);
    expect(await cache.get(Buffer.from('other'))).toBeNull();
  });

  it('knows nothing of other models and other back ends', async () => {
    await (await TemplateCache.open(folder, engine)).put(Buffer.from('face'), found);
    for (const other of [
      { ...engine, backend: 'tensorflow' },
      { ...engine, models: [{ id: 'm', version: '1.0.0', sha256: 'cd' }] },
    ])
      expect(await (await TemplateCache.open(folder, other)).get(Buffer.from('face'))).toBeNull();
    expect(await (await TemplateCache.open(folder, engine)).get(Buffer.from('face'))).toEqual(found);
  });

  it('takes an entry that was cut off for none, leaves nothing half-written, and lets nobody else read', async () => {
    const cache = await TemplateCache.open(folder, engine);
    await cache.put(Buffer.from('face'), found);
    const files = await readdir(folder);
    expect(files).toEqual([expect.stringMatching(/^[0-9a-f]{64}\.json$/)]);
    const file = join(folder, files[0] as string);
    expect((await stat(file)).mode & 0o077).toBe(0);
    await writeFile(file, (await readFile(file)).subarray(0, 40));
    expect(await cache.get(Buffer.from('face'))).toBeNull();
  });
});

describe('acquisition', () => {
  const pictures = ['a', 'b', 'c', 'd', 'e'].map(picture);

  it('goes on where it was cut off', async () => {
    const seen: string[] = [];
    const breaking = (at: number) => ({
      photograph: (bytes: Uint8Array) => {
        if (seen.length === at) return Promise.reject(new Error('power cut'));
        seen.push(Buffer.from(bytes).toString());
        return Promise.resolve(found);
      },
    });
    const options = {
      concurrency: 1,
      cache: await TemplateCache.open(folder, engine),
      onProgress: () => undefined,
    };
    await expect(acquire(breaking(3), pictures, options)).rejects.toThrow('power cut');
    expect(await acquire(breaking(-1), pictures, options)).toHaveLength(5);
    expect(seen).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('keeps the order of the manifest, whoever is done first', async () => {
    const waiting: (() => void)[] = [];
    const pool = {
      photograph: () =>
        new Promise<PhotographExtraction>((resolve) => {
          waiting.push(() => resolve(found));
          if (waiting.length === pictures.length) waiting.reverse().forEach((go) => go());
        }),
    };
    const images = await acquire(pool, pictures, {
      concurrency: 5,
      cache: null,
      onProgress: () => undefined,
    });
    expect(images.map(({ path }) => path)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('holds a picture against the gates of verification, and a reference against those of enrolment', () => {
    expect(judge(found)).toEqual({ template, failure: null, enrolmentFailure: null });
    expect(judge(missed)).toEqual({ template: null, failure: 'no_face', enrolmentFailure: 'no_face' });
    expect(judge({ ...found, quality: { ...perfect, sharpness: 1 } })).toMatchObject({
      template: null,
      failure: 'low_quality.sharpness',
    });
    expect(judge({ ...found, quality: { ...perfect, eyes_open: 0 } })).toEqual({
      template,
      failure: null,
      enrolmentFailure: 'low_quality.eyes_open',
    });
  });
});

it('progress is told at most once a second, and always at the end', () => {
  const lines: string[] = [];
  let now = 0;
  const tell = progress(
    10,
    (line) => lines.push(line),
    () => now,
  );
  for (let done = 1; done <= 10; done++) {
    now += 400;
    tell(done, 2);
  }
  expect(lines).toEqual([
    '3 of 10 images (30 %, 2 from the cache), 2.5 a second, about 3 s left\n',
    '6 of 10 images (60 %, 2 from the cache), 2.5 a second, about 2 s left\n',
    '9 of 10 images (90 %, 2 from the cache), 2.5 a second, about 1 s left\n',
    '10 of 10 images (100 %, 2 from the cache), 2.5 a second\n',
  ]);
});
