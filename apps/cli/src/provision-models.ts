import { join } from 'node:path';
import { parseEnvironment } from '#config';
import { loadManifest, ModelStore } from '#inference';

const STEP_BYTES = 16 * 1024 * 1024;

/** Where the models of this environment lie, and the manifest that names them: the shipped one when undefined. */
export function modelPlaces(env: NodeJS.ProcessEnv): {
  readonly cacheDir: string;
  readonly manifestPath: string | undefined;
} {
  const { DATA_DIR, MODELS_DIR, MODELS_MANIFEST } = parseEnvironment(env);
  return { cacheDir: MODELS_DIR ?? join(DATA_DIR, 'models'), manifestPath: MODELS_MANIFEST };
}

/** Brings the models into place, saying what it does; quick and silent when they are there. Returns their folder. */
export async function provisionModels(env: NodeJS.ProcessEnv, log: (line: string) => void): Promise<string> {
  const { MODELS_MIRROR, MODELS_FOLDER } = parseEnvironment(env);
  const { cacheDir, manifestPath } = modelPlaces(env);
  let shown = -1;
  await ModelStore.provision({
    cacheDir,
    manifest: loadManifest(manifestPath),
    mirror: MODELS_MIRROR,
    folder: MODELS_FOLDER,
    onProgress: ({ phase, models, receivedBytes }) => {
      if (phase === 'present') return;
      const step = Math.floor(receivedBytes / STEP_BYTES);
      if (phase === 'done') log(`models: ready (${models.length} fetched and verified)`);
      else if (step > shown)
        log(`models: fetching ${models.join(', ')} … ${(receivedBytes / 1e6).toFixed(0)} MB`);
      shown = step;
    },
  });
  return cacheDir;
}
