import { join } from 'node:path';
import { parseEnvironment } from '#config';
import { loadManifest, ModelStore } from '#inference';

const STEP_BYTES = 16 * 1024 * 1024;

/** Brings the models into place, saying what it does; quick and silent when they are there. Returns their folder. */
export async function provisionModels(env: NodeJS.ProcessEnv, log: (line: string) => void): Promise<string> {
  const { DATA_DIR, MODELS_DIR, MODELS_MANIFEST, MODELS_MIRROR, MODELS_FOLDER } = parseEnvironment(env);
  const cacheDir = MODELS_DIR ?? join(DATA_DIR, 'models');
  let shown = -1;
  await ModelStore.provision({
    cacheDir,
    manifest: loadManifest(MODELS_MANIFEST),
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
