import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import { WasmBackend } from '../../backends/wasm.backend.js';
import { recordGolden } from '../../engine/golden.js';
import { loadManifest, type ModelEntry, type ModelManifest } from '../../manifest/manifest.js';
import { artifactsHandler, readGraph } from '../../store/graph-files.js';

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

/** The least graphs that the real library takes for portrait depth and selfie segmentation. */
const GRAPHS: Readonly<
  Record<string, { size: [height: number, width: number]; use: 'depth' | 'segmentation'; kernel: number[][] }>
> = {
  // Twice the green: the library halves what the network gives.
  'ar-portrait-depth': { size: [256, 192], use: 'depth', kernel: [[0], [2], [0]] },
  // The second channel is the person: whatever is red.
  'selfie-segmentation': {
    size: [256, 256],
    use: 'segmentation',
    kernel: [
      [0, 1],
      [0, 0],
      [0, 0],
    ],
  },
};

export const STAND_INS = Object.keys(GRAPHS);

/** Writes the stand-ins' files into `folder`, as a download would bring them. @returns their manifest entries */
export async function writeStandIns(folder: string): Promise<ModelEntry[]> {
  await mkdir(folder, { recursive: true });
  const [shipped] = loadManifest().models;
  if (!shipped) throw new Error('the shipped manifest has models');
  return Promise.all(
    Object.entries(GRAPHS).map(async ([id, { size, use, kernel }]): Promise<ModelEntry> => {
      const files = Object.entries(standIn(id, size, kernel));
      for (const [name, bytes] of files) await writeFile(join(folder, name), bytes);
      return {
        ...shipped,
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
}

/** Records, beside the manifest, what the provisioned stand-ins compute. */
export async function recordStandIns(
  modelsDir: string,
  manifest: ModelManifest,
  manifestPath: string,
): Promise<void> {
  await new WasmBackend().activate();
  for (const entry of manifest.models.filter(({ id }) => STAND_INS.includes(id))) {
    const graph = await loadGraphModel(artifactsHandler(await readGraph(modelsDir, entry)));
    await mkdir(join(dirname(manifestPath), 'golden'), { recursive: true });
    await writeFile(
      join(dirname(manifestPath), entry.golden),
      JSON.stringify(await recordGolden(graph, entry)),
    );
    graph.dispose();
  }
}
