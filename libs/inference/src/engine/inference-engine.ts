import * as tf from '@tensorflow/tfjs-core';
import { type BackendName, type InferenceBackend } from '../backends/backend.js';
import { selectBackend } from '../backends/select-backend.js';
import {
  defaultManifestPath,
  loadManifest,
  type ModelIdentity,
  modelIdentity,
} from '../manifest/manifest.js';
import { checkGolden, loadGolden } from './golden.js';
import { loadNetworks, type Networks, readNetworkFiles } from './networks.js';

export interface EngineOptions {
  /** Cache folder the models were provisioned into. */
  readonly modelsDir: string;
  /** Use this back end or fail; otherwise the fastest that works. */
  readonly backend?: BackendName | undefined;
  readonly manifestPath?: string | undefined;
  readonly backends?: readonly InferenceBackend[] | undefined;
}

/** All networks, loaded and self-tested on one back end in this thread. */
export class InferenceEngine {
  private constructor(
    readonly backend: BackendName,
    readonly models: readonly ModelIdentity[],
    readonly networks: Networks,
    /** Why faster back ends were passed over. */
    readonly refused: readonly string[],
  ) {}

  /**
   * Loads every network and compares its golden output.
   * @throws {ModelFileError} when a model file is missing or altered.
   * @throws {NoBackendError} when no permitted back end passes the self-test.
   */
  static async start({
    modelsDir,
    backend,
    manifestPath = defaultManifestPath(),
    backends,
  }: EngineOptions): Promise<InferenceEngine> {
    const manifest = loadManifest(manifestPath);
    const files = await readNetworkFiles(modelsDir, manifest);
    const build = async (): Promise<Networks> => {
      const networks = await loadNetworks(files);
      for (const [graph, entry] of networks.graphs)
        await checkGolden(graph, entry, loadGolden(entry, manifestPath));
      return networks;
    };
    const { name, engine, refused } = await selectBackend(build, {
      forced: backend,
      ...(backends && { backends }),
    });
    return new InferenceEngine(name, Object.values(files.entries).map(modelIdentity), engine, refused);
  }

  /** Tensors now alive in this thread; constant between captures. */
  get tensorCount(): number {
    return tf.memory().numTensors;
  }

  dispose(): void {
    this.networks.dispose();
  }
}
