import '../networks/navigator.js';
import {
  createEstimator,
  type DepthEstimator as LibraryEstimator,
  SupportedModels,
} from '@tensorflow-models/depth-estimation';
import * as tf from '@tensorflow/tfjs-core';
import { type PriorDepthMap, type RgbImage } from '#biometrics';
import { artifactsHandler, type GraphArtifacts } from '../store/graph-files.js';
import { type DepthEstimator } from './depth-estimator.js';

/** The whole range the network was trained on: anything narrower clips. */
const RANGE = { minDepth: 0, maxDepth: 1 } as const;

/** ARPortraitDepth with selfie segmentation, run by `@tensorflow-models/depth-estimation`. */
export class PortraitDepthEstimator implements DepthEstimator {
  private constructor(private readonly estimator: LibraryEstimator) {}

  /** Binds both networks to the active back end. */
  static async load(depth: GraphArtifacts, segmentation: GraphArtifacts): Promise<PortraitDepthEstimator> {
    const estimator = await createEstimator(SupportedModels.ARPortraitDepth, {
      depthModelUrl: artifactsHandler(depth),
      segmentationModelUrl: artifactsHandler(segmentation),
    });
    return new PortraitDepthEstimator(estimator);
  }

  async estimate({ data, width, height }: RgbImage): Promise<PriorDepthMap> {
    const image = tf.tensor3d(data, [height, width, 3], 'int32');
    try {
      // A picture says nothing about the next one.
      this.estimator.reset();
      const map = await this.estimator.estimateDepth(image, RANGE);
      const tensor = await map.toTensor();
      const depth = Float32Array.from(await tensor.data());
      tensor.dispose();
      return {
        source: 'prior',
        method: 'network',
        unit: 'relative',
        width,
        height,
        depth,
        box: { left: 0, top: 0, width, height },
      };
    } finally {
      image.dispose();
    }
  }

  dispose(): void {
    this.estimator.dispose();
  }
}
