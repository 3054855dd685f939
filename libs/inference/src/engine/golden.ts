import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type GraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defaultManifestPath, type ModelEntry } from '../manifest/manifest.js';

const goldenSchema = z.strictObject({
  modelId: z.string(),
  version: z.string(),
  /** How the input is made; the only recipe is {@link waves}. */
  input: z.literal('waves-1'),
  /** Largest difference allowed, as a fraction of the output's largest magnitude. */
  tolerance: z.number().positive().max(0.01),
  outputs: z
    .array(
      z.strictObject({
        node: z.string(),
        shape: z.array(z.int().positive()),
        stride: z.int().positive(),
        values: z.array(z.number()).min(1),
      }),
    )
    .min(1),
});

export type Golden = z.infer<typeof goldenSchema>;

/** Back ends differ in rounding by up to 3e-4; a wrong kernel or weight differs by far more. */
const TOLERANCE = 2e-3;
const SAMPLES_PER_OUTPUT = 192;

/** A network computes something else than it did when its golden output was recorded. */
export class GoldenMismatchError extends Error {
  override readonly name = 'GoldenMismatchError';
}

/** Reads the golden output of a model, which lies beside the manifest. */
export function loadGolden(entry: ModelEntry, manifestPath: string = defaultManifestPath()): Golden {
  return goldenSchema.parse(JSON.parse(readFileSync(join(dirname(manifestPath), entry.golden), 'utf8')));
}

/**
 * Runs a network on the golden input and compares.
 * @throws {GoldenMismatchError} when a shape or value differs, or a value is not finite.
 */
export async function checkGolden(graph: GraphModel, entry: ModelEntry, golden: Golden): Promise<void> {
  if (golden.modelId !== entry.id || golden.version !== entry.version) {
    throw new GoldenMismatchError(
      `the golden output is for ${golden.modelId}@${golden.version}, not ${entry.id}@${entry.version}`,
    );
  }
  const actual = await run(
    graph,
    entry,
    golden.outputs.map(({ node }) => node),
  );
  for (const [i, expected] of golden.outputs.entries()) {
    const output = actual[i];
    const scale = Math.max(...expected.values.map(Math.abs), Number.MIN_VALUE);
    const sameShape = output?.shape.join() === expected.shape.join();
    const worst = Math.max(
      ...expected.values.map((value, k) => Math.abs((output?.values[k * expected.stride] ?? NaN) - value)),
    );
    if (sameShape && worst <= golden.tolerance * scale) continue;
    const detail = sameShape ? `differs by ${worst / scale} of its scale` : 'has another shape';
    throw new GoldenMismatchError(`${entry.id}@${entry.version}: output ${expected.node} ${detail}`);
  }
}

/** Records what a network computes now: used when a model or its preprocessing is deliberately changed. */
export async function recordGolden(graph: GraphModel, entry: ModelEntry): Promise<Golden> {
  const nodes = graph.outputs.map(({ name }) => name).sort();
  const outputs = await run(graph, entry, nodes);
  return {
    modelId: entry.id,
    version: entry.version,
    input: 'waves-1',
    tolerance: TOLERANCE,
    outputs: outputs.map(({ shape, values }, i) => {
      const stride = Math.ceil(values.length / SAMPLES_PER_OUTPUT);
      const samples = Array.from(values).filter((_, k) => k % stride === 0);
      return {
        node: nodes[i] ?? '',
        shape,
        stride,
        values: samples.map((value) => Number(value.toPrecision(7))),
      };
    }),
  };
}

interface Output {
  readonly shape: number[];
  readonly values: Float32Array;
}

async function run(graph: GraphModel, { input }: ModelEntry, nodes: string[]): Promise<Output[]> {
  const [, height, width, channels] = input.shape;
  const tensors = tf.tidy(() => {
    const result = graph.execute(
      tf.tensor4d(waves(height, width, input.range), [1, height, width, channels]),
      nodes,
    );
    return Array.isArray(result) ? result : [result];
  });
  try {
    return await Promise.all(
      tensors.map(async (tensor) => ({
        shape: tensor.shape,
        values: Float32Array.from(await tensor.data()),
      })),
    );
  } finally {
    tf.dispose(tensors);
  }
}

/** A smooth, deterministic colour pattern over the whole range: `height` × `width` × 3 values. */
export function waves(height: number, width: number, [low, high]: readonly [number, number]): Float32Array {
  const turn = 2 * Math.PI;
  return Float32Array.from({ length: height * width * 3 }, (_, i) => {
    const x = Math.floor(i / 3) % width;
    const y = Math.floor(i / (3 * width));
    const c = i % 3;
    const wave =
      0.6 * Math.sin(turn * ((3 * x) / width + y / height) + c) +
      0.4 * Math.cos(turn * ((2 * y) / height - (5 * x) / width) + 2 * c);
    return low + ((high - low) * (wave + 1)) / 2;
  });
}
