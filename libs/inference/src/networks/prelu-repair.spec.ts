import { join } from 'node:path';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { WasmBackend } from '../backends/wasm.backend.js';
import { waves } from '../engine/golden.js';
import { loadManifest, modelEntry } from '../manifest/manifest.js';
import {
  artifactsHandler,
  type GraphArtifacts,
  type GraphTopology,
  readGraph,
} from '../store/graph-files.js';
import { ModelStore } from '../store/model-store.js';
import { PreluRepairError, repairPrelu, repairToPrelu } from './prelu-repair.js';

const modelsDir = process.env.MODELS_DIR ?? join(import.meta.dirname, '../../../../.data/models');

describe('repair of mobilefacenet', () => {
  let published: GraphArtifacts;

  beforeAll(async () => {
    const manifest = loadManifest();
    await ModelStore.provision({
      cacheDir: modelsDir,
      manifest,
      mirror: process.env.MODELS_MIRROR,
      folder: process.env.MODELS_FOLDER,
    });
    published = await readGraph(modelsDir, modelEntry(manifest, 'mobilefacenet'));
    await new WasmBackend().activate();
  }, 300_000);

  async function run(artifacts: GraphArtifacts): Promise<Float32Array> {
    const model = await loadGraphModel(artifactsHandler(artifacts));
    const output = tf.tidy(
      () => model.execute(tf.tensor4d(waves(112, 112, [-1, 1]), [1, 112, 112, 3])) as tf.Tensor,
    );
    const values = Float32Array.from(await output.data());
    output.dispose();
    model.dispose();
    return values;
  }

  it('takes 16 Relus out and turns 33 signs', () => {
    const topology = structuredClone(published.modelTopology);
    expect(repairPrelu(topology)).toEqual({ unfused: 16, flipped: 33 });
    expect(topology.node).toHaveLength(published.modelTopology.node.length + 16);
  });

  it('changes what the network computes, and joining the nodes does not', async () => {
    const repaired = { ...published, modelTopology: structuredClone(published.modelTopology) };
    repairPrelu(repaired.modelTopology);
    const before = await run(published);
    const after = await run(repaired);
    const joined = await run(repairToPrelu(published));
    const scale = Math.max(...after.map(Math.abs));
    const distance = (a: Float32Array, b: Float32Array): number =>
      Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? NaN))));
    expect(distance(joined, after)).toBeLessThan(1e-4 * scale);
    expect(distance(before, after)).toBeGreaterThan(0.1 * scale);
  });

  it('leaves 33 Prelu nodes and none of their parts, and the published artifacts untouched', () => {
    const copy = structuredClone(published.modelTopology);
    const weights = Buffer.from(published.weightData.slice(0));
    const { modelTopology, weightData } = repairToPrelu(published);
    const count = (op: string): number => modelTopology.node.filter((node) => node.op === op).length;
    expect([count('Prelu'), count('Abs'), count('Sub'), count('Relu')]).toEqual([33, 0, 0, 0]);
    expect(published.modelTopology).toEqual(copy);
    expect(weights.equals(Buffer.from(published.weightData))).toBe(true);
    expect(weightData.byteLength).toBe(weights.length);
  });

  it('refuses a graph it was not made for', () => {
    const intact = repairToPrelu(published);
    expect(() => repairToPrelu(intact)).toThrow(PreluRepairError);
    const topology: GraphTopology = { node: [{ name: 'x', op: 'Placeholder' }] };
    expect(repairPrelu(topology)).toEqual({ unfused: 0, flipped: 0 });
  });
});
