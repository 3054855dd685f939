import { type GraphModel, loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { ALIGNED_SIZE, makeTemplate, type Template } from '#biometrics';
import { artifactsHandler, type GraphArtifacts } from '../store/graph-files.js';
import { repairToPrelu } from './prelu-repair.js';

/** The repaired MobileFaceNet: an aligned face in, a 192-dimensional template of length 1 out. */
export class TemplateNetwork {
  private constructor(
    private readonly model: GraphModel,
    /** Goes into every template: network, version and repair. */
    readonly modelId: string,
  ) {}

  static async load(artifacts: GraphArtifacts, modelId: string): Promise<TemplateNetwork> {
    return new TemplateNetwork(await loadGraphModel(artifactsHandler(repairToPrelu(artifacts))), modelId);
  }

  /** @param aligned the 112×112 RGB picture of `alignFace`, values 0 … 255. */
  async template(aligned: Float32Array): Promise<Template> {
    const output = tf.tidy(() => {
      const input = tf.div(tf.sub(tf.tensor4d(aligned, [1, ALIGNED_SIZE, ALIGNED_SIZE, 3]), 127.5), 128);
      const raw = this.model.execute(input) as tf.Tensor;
      return tf.div(raw, tf.norm(raw));
    });
    try {
      return makeTemplate(this.modelId, await output.data<'float32'>());
    } finally {
      output.dispose();
    }
  }

  /** The bare network, for its self-test. */
  get graph(): GraphModel {
    return this.model;
  }

  dispose(): void {
    this.model.dispose();
  }
}
