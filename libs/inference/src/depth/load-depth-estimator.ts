import { existsSync } from 'node:fs';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import { checkGolden, loadGolden } from '../engine/golden.js';
import { defaultManifestPath, loadManifest, type ModelEntry } from '../manifest/manifest.js';
import { artifactsHandler, type GraphArtifacts, readGraph } from '../store/graph-files.js';
import { modelFolder } from '../store/model-files.js';
import { type DepthEstimator } from './depth-estimator.js';
import { PortraitDepthEstimator } from './portrait-depth-estimator.js';

/** Ids of the optional manifest entries that the estimator needs, both of them. */
export const DEPTH_MODELS = { depth: 'ar-portrait-depth', segmentation: 'selfie-segmentation' } as const;

export interface DepthEstimatorOptions {
  /** Cache folder the models were provisioned into. */
  readonly modelsDir: string;
  readonly manifestPath?: string | undefined;
}

/**
 * The neural depth estimator on the back end active in this thread.
 * @returns `null` when its models are not in the manifest or were not provisioned; nothing depends on them.
 * @throws {ModelFileError} when a provisioned file is altered.
 * @throws {GoldenMismatchError} when a network computes something else than it should.
 */
export async function loadDepthEstimator({
  modelsDir,
  manifestPath = defaultManifestPath(),
}: DepthEstimatorOptions): Promise<DepthEstimator | null> {
  const entries = provisioned({ modelsDir, manifestPath });
  if (!entries) return null;
  const tested = async (entry: ModelEntry): Promise<GraphArtifacts> => {
    const artifacts = await readGraph(modelsDir, entry);
    const graph = await loadGraphModel(artifactsHandler(artifacts));
    try {
      await checkGolden(graph, entry, loadGolden(entry, manifestPath));
    } finally {
      graph.dispose();
    }
    return artifacts;
  };
  return PortraitDepthEstimator.load(await tested(entries.depth), await tested(entries.segmentation));
}

/** Whether both depth models are in the manifest and in the cache. */
export function isDepthProvisioned(options: DepthEstimatorOptions): boolean {
  return provisioned(options) !== null;
}

function provisioned({
  modelsDir,
  manifestPath,
}: DepthEstimatorOptions): Record<keyof typeof DEPTH_MODELS, ModelEntry> | null {
  const { models } = loadManifest(manifestPath);
  const entryOf = (id: string): ModelEntry | undefined =>
    models.find((entry) => entry.id === id && existsSync(modelFolder(modelsDir, entry)));
  const depth = entryOf(DEPTH_MODELS.depth);
  const segmentation = entryOf(DEPTH_MODELS.segmentation);
  return depth && segmentation ? { depth, segmentation } : null;
}
