import { join } from 'node:path';
import { type io } from '@tensorflow/tfjs-core';
import { type ModelEntry } from '../manifest/manifest.js';
import { modelFolder, readVerified } from './model-files.js';

/** Graph and weights of a model as TensorFlow.js reads them. */
export interface GraphArtifacts extends io.ModelArtifacts {
  modelTopology: GraphTopology;
  weightSpecs: io.WeightsManifestEntry[];
  weightData: ArrayBuffer;
}

/** The part of a TensorFlow graph that is edited here. */
export interface GraphTopology {
  node: GraphNode[];
}

export interface GraphNode {
  name: string;
  op: string;
  input?: string[];
  attr?: Record<string, unknown>;
}

/**
 * Reads a model from the cache. The hash is checked on the very bytes that are used.
 * @throws {ModelFileError} when a file is missing or altered.
 */
export async function readGraph(cacheDir: string, entry: ModelEntry): Promise<GraphArtifacts> {
  const folder = modelFolder(cacheDir, entry);
  const contents = new Map<string, Buffer>();
  for (const file of entry.files) contents.set(file.name, await readVerified(join(folder, file.name), file));
  const topologyName = entry.files.find(({ name }) => name.endsWith('.json'))?.name ?? '';
  const model = JSON.parse((contents.get(topologyName) ?? Buffer.alloc(0)).toString('utf8')) as io.ModelJSON;
  const weights = model.weightsManifest.flatMap(({ paths }) =>
    paths.map((path) => contents.get(path) ?? Buffer.alloc(0)),
  );
  return {
    modelTopology: model.modelTopology as GraphTopology,
    format: model.format ?? 'graph-model',
    ...(model.signature && { signature: model.signature }),
    ...(model.userDefinedMetadata && { userDefinedMetadata: model.userDefinedMetadata }),
    weightSpecs: model.weightsManifest.flatMap((group) => group.weights),
    weightData: new Uint8Array(Buffer.concat(weights)).buffer,
  };
}

/** A TensorFlow.js input handler that hands over what was read. */
export function artifactsHandler(artifacts: GraphArtifacts): io.IOHandler {
  return { load: () => Promise.resolve(artifacts) };
}
