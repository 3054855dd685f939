import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type GraphModel, loadGraphModel } from '@tensorflow/tfjs-converter';
import { WasmBackend } from '../backends/wasm.backend.js';
import { defaultManifestPath, loadManifest, type ModelEntry } from '../manifest/manifest.js';
import { artifactsHandler, readGraph } from '../store/graph-files.js';
import { modelFolder } from '../store/model-files.js';
import { recordGolden } from './golden.js';
import { loadNetworks, readNetworkFiles } from './networks.js';

/**
 * Writes beside the manifest what each network computes on the WebAssembly back end, optional ones that were provisioned included,
 * where no golden output lies yet: one that was reviewed is only replaced by who removes it first.
 * @returns the files written.
 */
export async function recordGoldens(
  modelsDir: string,
  manifestPath: string = defaultManifestPath(),
): Promise<string[]> {
  await new WasmBackend().activate();
  const manifest = loadManifest(manifestPath);
  const written: string[] = [];
  const record = async (graph: GraphModel, entry: ModelEntry): Promise<void> => {
    const path = join(dirname(manifestPath), entry.golden);
    if (existsSync(path)) return;
    await writeFile(path, `${JSON.stringify(await recordGolden(graph, entry))}\n`);
    written.push(path);
  };
  const networks = await loadNetworks(await readNetworkFiles(modelsDir, manifest));
  try {
    for (const [graph, entry] of networks.graphs) await record(graph, entry);
  } finally {
    networks.dispose();
  }
  for (const entry of manifest.models) {
    if (!entry.optional || !existsSync(modelFolder(modelsDir, entry))) continue;
    const graph = await loadGraphModel(artifactsHandler(await readGraph(modelsDir, entry)));
    try {
      await record(graph, entry);
    } finally {
      graph.dispose();
    }
  }
  return written;
}
