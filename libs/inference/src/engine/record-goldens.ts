import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { WasmBackend } from '../backends/wasm.backend.js';
import { defaultManifestPath, loadManifest } from '../manifest/manifest.js';
import { recordGolden } from './golden.js';
import { loadNetworks, readNetworkFiles } from './networks.js';

/**
 * Writes the golden output of every network, as the WebAssembly back end computes it, beside the manifest. A reviewed
 * step after a model or its preprocessing was changed on purpose.
 * @returns the files written.
 */
export async function recordGoldens(
  modelsDir: string,
  manifestPath: string = defaultManifestPath(),
): Promise<string[]> {
  await new WasmBackend().activate();
  const networks = await loadNetworks(await readNetworkFiles(modelsDir, loadManifest(manifestPath)));
  try {
    const written: string[] = [];
    for (const [graph, entry] of networks.graphs) {
      const path = join(dirname(manifestPath), entry.golden);
      await writeFile(path, `${JSON.stringify(await recordGolden(graph, entry))}\n`);
      written.push(path);
    }
    return written;
  } finally {
    networks.dispose();
  }
}
