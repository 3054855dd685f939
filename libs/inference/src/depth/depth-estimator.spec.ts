import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { type RgbImage } from '#biometrics';
import { WasmBackend } from '../backends/wasm.backend.js';
import { recordGolden } from '../engine/golden.js';
import { loadManifest, modelEntry, parseManifest } from '../manifest/manifest.js';
import { artifactsHandler, readGraph } from '../store/graph-files.js';
import { ModelFileError } from '../store/model-files.js';
import { ModelStore, type ProvisionProgress } from '../store/model-store.js';
import { loadDepthEstimator } from './load-depth-estimator.js';

/** A graph of one 1×1 convolution without bias: each output channel is a weighted sum of red, green and blue. */
function standIn(id: string, [height, width]: [number, number], kernel: number[][]): Record<string, Buffer> {
  const outputs = kernel[0]?.length ?? 0;
  const float = { type: 'DT_FLOAT' };
  const dims = (...sizes: number[]): unknown => ({
    shape: { dim: sizes.map((size) => ({ size: String(size) })) },
  });
  const topology = {
    format: 'graph-model',
    modelTopology: {
      node: [
        { name: 'input', op: 'Placeholder', attr: { dtype: float, shape: dims(1, height, width, 3) } },
        { name: 'kernel', op: 'Const', attr: { dtype: float, value: { tensor: { dtype: 'DT_FLOAT' } } } },
        {
          name: 'output',
          op: 'Conv2D',
          input: ['input', 'kernel'],
          attr: {
            T: float,
            strides: { list: { i: ['1', '1', '1', '1'] } },
            dilations: { list: { i: ['1', '1', '1', '1'] } },
            padding: { s: Buffer.from('SAME').toString('base64') },
            data_format: { s: Buffer.from('NHWC').toString('base64') },
            explicit_paddings: { list: {} },
            use_cudnn_on_gpu: { b: true },
          },
        },
      ],
      versions: { producer: 987 },
    },
    weightsManifest: [
      { paths: [`${id}.bin`], weights: [{ name: 'kernel', shape: [1, 1, 3, outputs], dtype: 'float32' }] },
    ],
  };
  return {
    [`${id}.json`]: Buffer.from(JSON.stringify(topology)),
    [`${id}.bin`]: Buffer.from(Float32Array.from(kernel.flat()).buffer),
  };
}

const GRAPHS = {
  // Twice the green: the library halves what the network gives.
  'ar-portrait-depth': { size: [256, 192] as [number, number], use: 'depth', kernel: [[0], [2], [0]] },
  // The second channel is the person: whatever is red.
  'selfie-segmentation': {
    size: [256, 256] as [number, number],
    use: 'segmentation',
    kernel: [
      [0, 1],
      [0, 0],
      [0, 0],
    ],
  },
};

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
    await mkdir(join(work, 'golden'));
    await mkdir(folder);
    const shipped = loadManifest();
    const models = await Promise.all(
      Object.entries(GRAPHS).map(async ([id, { size, use, kernel }]) => {
        const files = Object.entries(standIn(id, size, kernel));
        for (const [name, bytes] of files) await writeFile(join(folder, name), bytes);
        return {
          ...shipped.models[0],
          id,
          use,
          optional: true,
          source: { type: 'url', baseUrl: 'https://models.invalid/' },
          files: files.map(([name, bytes]) => ({
            name,
            path: name,
            sha256: createHash('sha256').update(bytes).digest('hex'),
            bytes: bytes.length,
          })),
          input: { shape: [1, ...size, 3], colour: 'RGB', range: [0, 1] },
          golden: `golden/${id}.json`,
        };
      }),
    );
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
    expect(seen.filter(({ phase }) => phase === 'skipped').map(({ models }) => models[0])).toEqual(
      Object.keys(GRAPHS),
    );
    await ModelStore.verify(modelsDir, manifest);
  });

  it('maps a picture to depth of its own size, the background set apart, and leaves no tensor', async () => {
    const manifest = loadManifest(manifestPath);
    await ModelStore.provision({ cacheDir: modelsDir, manifest, folder });
    for (const id of Object.keys(GRAPHS)) {
      const entry = modelEntry(manifest, id);
      const graph = await loadGraphModel(artifactsHandler(await readGraph(modelsDir, entry)));
      await writeFile(join(work, entry.golden), JSON.stringify(await recordGolden(graph, entry)));
      graph.dispose();
    }
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
