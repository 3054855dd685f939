import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { framesFrom, samplePortrait } from '#simulator';
import { loadManifest } from '../manifest/manifest.js';
import { ModelStore } from '../store/model-store.js';
import type * as Inference from '../index.js';

const root = join(import.meta.dirname, '../../../..');
const modelsDir = process.env.MODELS_DIR ?? join(root, '.data/models');
const built = join(root, 'dist/libs/inference/src/index.js');

// Threads load native modules, which only the built output is.
(existsSync(built) ? describe : describe.skip)('InferencePool (built output)', () => {
  let lib: typeof Inference;
  let pool: Inference.InferencePool;
  let frames: Buffer[];

  beforeAll(async () => {
    await ModelStore.provision({
      cacheDir: modelsDir,
      manifest: loadManifest(),
      mirror: process.env.MODELS_MIRROR,
      folder: process.env.MODELS_FOLDER,
    });
    lib = (await import(built)) as typeof Inference;
    frames = await framesFrom(await samplePortrait(), 3);
    pool = await lib.InferencePool.start({ modelsDir, backend: 'wasm', threads: 1, maxQueue: 1 });
  }, 300_000);

  afterAll(() => pool.close());

  const failure = (call: Promise<unknown>): Promise<unknown> =>
    call.then(
      () => 'none',
      (error: Inference.InferencePoolError) => error.failure,
    );

  it('is ready with its models, and extracts', async () => {
    expect(pool.backend).toBe('wasm');
    expect(pool.models.map(({ sha256 }) => sha256.length)).toEqual([64, 64, 64, 64]);
    const result = await pool.extract(frames, { deadlineMs: 120_000 });
    expect(result).toMatchObject({ halt: null, templateFrames: expect.any(Array) as number[] });
    expect(result.template?.values).toHaveLength(192);
    expect(Object.keys(result.timingsMs)).toEqual(['decode', 'detect', 'mesh', 'template']);
  });

  it('gives a verdict, not an error, on bytes that are no pictures', async () => {
    const junk = Uint8Array.of(1, 2, 3);
    await expect(pool.extract([junk, junk, junk], { deadlineMs: 120_000 })).resolves.toMatchObject({
      halt: 'unreadable_frames',
      template: null,
    });
  });

  it('refuses at once what exceeds its queue', async () => {
    const calls = [1, 2, 3].map(() => failure(pool.extract(frames, { deadlineMs: 120_000 })));
    expect(pool.load).toBe(2);
    expect(await Promise.all(calls)).toEqual(['none', 'none', 'queue_full']);
    expect(pool.load).toBe(0);
  });

  it('keeps the event loop free while it computes', async () => {
    const before = performance.eventLoopUtilization();
    const longest: number[] = [];
    // A stall of the machine comes once; what blocks the loop blocks it each time.
    for (let round = 0; round < 3; round++) {
      const delay = monitorEventLoopDelay({ resolution: 5 });
      delay.enable();
      await pool.extract(frames, { deadlineMs: 120_000 });
      delay.disable();
      longest.push(delay.max / 1e6);
    }
    expect(Math.min(...longest)).toBeLessThan(150);
    expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.5);
  });

  it('fails a call at its deadline, and serves the next', async () => {
    expect(await failure(pool.extract(frames, { deadlineMs: 5 }))).toBe('deadline_exceeded');
    expect((await pool.extract(frames, { deadlineMs: 120_000 })).halt).toBeNull();
  });

  it('does not start without its models or the back end it was told to use', async () => {
    const start = (options: object): Promise<unknown> =>
      lib.InferencePool.start({ modelsDir, threads: 1, maxQueue: 1, ...options });
    await expect(start({ modelsDir: join(modelsDir, 'nothing') })).rejects.toMatchObject({
      name: 'InferenceStartError',
      message: expect.stringMatching(/provision/) as string,
    });
    await expect(start({ manifestPath: join(root, 'package.json') })).rejects.toMatchObject({
      name: 'InferenceStartError',
    });
    await expect(start({ threads: 0 })).rejects.toThrow(RangeError);
  });

  it('lets what runs finish when it closes, and takes nothing more', async () => {
    const running = pool.extract(frames, { deadlineMs: 120_000 });
    const closing = pool.close();
    expect(await failure(pool.extract(frames, { deadlineMs: 120_000 }))).toBe('closed');
    await closing;
    expect((await running).halt).toBeNull();
  });
});
