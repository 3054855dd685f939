import * as tf from '@tensorflow/tfjs-core';
import { BackendUnavailableError, importOptional, type InferenceBackend } from './backend.js';

const PACKAGE = '@tensorflow/tfjs-node-gpu';

/** libtensorflow with CUDA, where the GPU image has installed it. */
export class TensorflowBackend implements InferenceBackend {
  readonly name = 'tensorflow';

  async activate(): Promise<void> {
    // Importing it registers the back end with the shared tfjs-core.
    await importOptional<unknown>(this.name, PACKAGE);
    const active = await tf.setBackend('tensorflow').catch(() => false);
    if (!active)
      throw new BackendUnavailableError(this.name, `${PACKAGE} is installed but its back end did not start`);
  }
}
