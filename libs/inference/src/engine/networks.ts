import { type GraphModel, loadGraphModel } from '@tensorflow/tfjs-converter';
import { type ModelEntry, modelEntry, type ModelManifest } from '../manifest/manifest.js';
import { BlazeFaceDetector, REAR_CAMERA, SHORT_RANGE } from '../networks/blaze-face.js';
import { FaceMesh } from '../networks/face-mesh.js';
import { TemplateNetwork } from '../networks/template-network.js';
import { artifactsHandler, type GraphArtifacts, readGraph } from '../store/graph-files.js';

/** More faces than this need not be told apart: two are already too many. */
const MAX_FACES = 4;

const MODELS = {
  short: 'facemesh-detection-short',
  back: 'blazeface-back',
  mesh: 'facemesh-attention',
  template: 'mobilefacenet',
} as const;

type ByModel<Value> = Readonly<Record<keyof typeof MODELS, Value>>;

/** Verified files of every network, not yet bound to a back end. */
export interface NetworkFiles {
  readonly entries: ByModel<ModelEntry>;
  readonly artifacts: ByModel<GraphArtifacts>;
}

/** The networks on the active back end. */
export interface Networks {
  readonly mesh: FaceMesh;
  readonly short: BlazeFaceDetector;
  readonly back: BlazeFaceDetector;
  readonly template: TemplateNetwork;
  /** Each bare graph with its manifest entry. */
  readonly graphs: readonly (readonly [GraphModel, ModelEntry])[];
  dispose(): void;
}

/**
 * Reads and verifies the files of every network.
 * @throws {ModelFileError} when one is missing or altered.
 */
export async function readNetworkFiles(modelsDir: string, manifest: ModelManifest): Promise<NetworkFiles> {
  const entries = {
    short: modelEntry(manifest, MODELS.short),
    back: modelEntry(manifest, MODELS.back),
    mesh: modelEntry(manifest, MODELS.mesh),
    template: modelEntry(manifest, MODELS.template),
  };
  const [short, back, mesh, template] = await Promise.all([
    readGraph(modelsDir, entries.short),
    readGraph(modelsDir, entries.back),
    readGraph(modelsDir, entries.mesh),
    readGraph(modelsDir, entries.template),
  ]);
  return { entries, artifacts: { short, back, mesh, template } };
}

/** Binds the networks to the active back end. */
export async function loadNetworks({ entries, artifacts }: NetworkFiles): Promise<Networks> {
  const mesh = await FaceMesh.load(artifacts.short, artifacts.mesh);
  const short = new BlazeFaceDetector(mesh.graphs.detector, SHORT_RANGE, MAX_FACES);
  const back = new BlazeFaceDetector(
    await loadGraphModel(artifactsHandler(artifacts.back)),
    REAR_CAMERA,
    MAX_FACES,
  );
  const template = await TemplateNetwork.load(
    artifacts.template,
    `${entries.template.id}@${entries.template.version}`,
  );
  return {
    mesh,
    short,
    back,
    template,
    graphs: [
      [short.graph, entries.short],
      [back.graph, entries.back],
      [mesh.graphs.landmarks, entries.mesh],
      [template.graph, entries.template],
    ],
    dispose() {
      mesh.dispose();
      back.dispose();
      template.dispose();
    },
  };
}
