import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { type RgbImage } from '#biometrics';
import { WasmBackend } from '../backends/wasm.backend.js';
import { loadManifest, modelEntry, parseManifest } from '../manifest/manifest.js';
import { readGraph } from '../store/graph-files.js';
import { ModelFileError } from '../store/model-files.js';
import { ModelStore, type ProvisionProgress } from '../store/model-store.js';
import { loadDepthEstimator } from './load-depth-estimator.js';
import { recordStandIns, STAND_INS, writeStandIns } from './testing/stand-in-models.js';

describe('neural depth, with stand-in graphs in the real library', () => {
  let work: string;
  let manifestPath: string;
  let modelsDir: string;
  let folder: string;

  beforeAll(async () => {
    await new WasmBackend().activate();
    work = await mkdtemp(join(tmpdir(), 'depth-'));
    [manifestPath, modelsDir, folder] = ['manifest.json', 'models', 'folder'].map((name) =>
      join(work, name),
    ) as [string, string, string];
    const models = await writeStandIns(folder);
    await writeFile(manifestPath, JSON.stringify({ schemaVersion: 1, models }));
  });

  afterAll(() => rm(work, { recursive: true, force: true }));

  it('is absent where its models are not in the manifest or not provisioned', async () => {
    expect(await loadDepthEstimator({ modelsDir })).toBeNull();
    expect(await loadDepthEstimator({ modelsDir, manifestPath })).toBeNull();
  });

  it('is passed over by provisioning when it cannot be had, and does not fail verification', async () => {
    const manifest = loadManifest(manifestPath);
    const seen: ProvisionProgress[] = [];
    await ModelStore.provision({
      cacheDir: modelsDir,
      manifest,
      folder: work,
      onProgress: (p) => seen.push(p),
    });
    expect(seen.filter(({ phase }) => phase === 'skipped').map(({ models }) => models[0])).toEqual(STAND_INS);
    await ModelStore.verify(modelsDir, manifest);
  });

  it('maps a picture to depth of its own size, the background set apart, and leaves no tensor', async () => {
    const manifest = loadManifest(manifestPath);
    await ModelStore.provision({ cacheDir: modelsDir, manifest, folder });
    await recordStandIns(modelsDir, manifest, manifestPath);
    const estimator = await loadDepthEstimator({ modelsDir, manifestPath });
    if (!estimator) throw new Error('no estimator');
    const [width, height] = [96, 128];
    const image: RgbImage = { width, height, data: new Uint8Array(width * height * 3) };
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        image.data.set([x < width / 2 ? 255 : 0, y < height / 2 ? 204 : 51, 0], 3 * (y * width + x));
    const before = tf.memory().numTensors;
    const map = await estimator.estimate(image);
    expect(tf.memory().numTensors).toBe(before);
    expect(map).toMatchObject({ source: 'prior', method: 'network', unit: 'relative', width, height });
    const at = (x: number, y: number): number => map.depth[y * width + x] ?? NaN;
    expect(at(20, 20)).toBeCloseTo(0.8, 1);
    expect(at(20, 110)).toBeCloseTo(0.2, 1);
    expect(at(80, 20)).toBeCloseTo(0, 1);
    expect(await estimator.estimate(image)).toEqual(map);
    estimator.dispose();
  });

  it('does not use files that were altered', async () => {
    const manifest = loadManifest(manifestPath);
    const entry = modelEntry(manifest, 'ar-portrait-depth');
    const other = { ...entry, files: entry.files.map((file) => ({ ...file, sha256: '0'.repeat(64) })) };
    await expect(readGraph(modelsDir, other)).rejects.toThrow(ModelFileError);
  });
});

describe('optional models', () => {
  it('are never ones that decisions rest on', () => {
    const { models } = loadManifest();
    const manifest = { schemaVersion: 1, models: models.map((entry) => ({ ...entry, optional: true })) };
    expect(() => parseManifest(manifest)).toThrow(/not optional/);
  });
});
