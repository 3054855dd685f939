import { performance } from 'node:perf_hooks';
import * as tf from '@tensorflow/tfjs-core';
import { ALIGNED_SIZE, alignFace, type RgbImage } from '#biometrics';
import { type TemplateNetwork } from '../networks/template-network.js';

/** Milliseconds that one template took, and that the bare network took on the same aligned face. */
export interface TemplateTime {
  /** From the decoded frame and its landmarks: alignment, normalisation, network, checks. */
  readonly templateMs: number;
  readonly networkMs: number;
}

/** Times one template against the bare network, one after the other, so that both meet the same load. */
export async function timeTemplate(
  network: Pick<TemplateNetwork, 'template' | 'graph'>,
  image: RgbImage,
  landmarks: Float32Array,
): Promise<TemplateTime> {
  const input = tf.tidy(() =>
    tf.div(tf.sub(tf.tensor4d(alignFace(image, landmarks), [1, ALIGNED_SIZE, ALIGNED_SIZE, 3]), 127.5), 128),
  );
  try {
    const networkMs = await timed(async () => {
      const output = network.graph.execute(input) as tf.Tensor;
      await output.data();
      output.dispose();
    });
    const templateMs = await timed(() => network.template(alignFace(image, landmarks)));
    return { templateMs, networkMs };
  } finally {
    input.dispose();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
