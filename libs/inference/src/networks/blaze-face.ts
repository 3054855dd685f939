import { convertImageToTensor } from '@tensorflow-models/face-detection/dist/shared/calculators/convert_image_to_tensor.js';
import { createSsdAnchors } from '@tensorflow-models/face-detection/dist/shared/calculators/create_ssd_anchors.js';
import { detectionProjection } from '@tensorflow-models/face-detection/dist/shared/calculators/detection_projection.js';
import { type Detection } from '@tensorflow-models/face-detection/dist/shared/calculators/interfaces/shape_interfaces.js';
import { nonMaxSuppression } from '@tensorflow-models/face-detection/dist/shared/calculators/non_max_suppression.js';
import { type GraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';

const ANCHORS = 896;
/** Per anchor: score logit, box (x, y, width, height), six key points. */
const VALUES = 17;
const KEY_POINTS = 6;
const MIN_LOGIT = 0; // sigmoid(0) = 0.5
const MAX_OVERLAP = 0.3;

/** A member of the BlazeFace family. */
export interface BlazeFaceVariant {
  /** Side of the square input in pixels. */
  readonly side: number;
  readonly strides: readonly number[];
  readonly minScale: number;
  readonly maxScale: number;
  readonly maxBatch: number;
  /** Runs the graph: [n, side, side, 3] in, [n, 896, 17] out. */
  run(graph: GraphModel, input: tf.Tensor4D): tf.Tensor3D;
}

/** Short range: faces up to about two metres away. */
export const SHORT_RANGE: BlazeFaceVariant = {
  side: 128,
  strides: [8, 16, 16, 16],
  minScale: 0.1484375,
  maxScale: 0.75,
  maxBatch: 8,
  run: (graph, input) => graph.execute(input, 'Identity:0') as tf.Tensor3D,
};

/** Rear camera: also finds the small, turned and dim faces that the short-range one misses. */
export const REAR_CAMERA: BlazeFaceVariant = {
  side: 256,
  strides: [16, 32, 32, 32],
  minScale: 0.15625,
  maxScale: 0.75,
  maxBatch: 1,
  run: (graph, input) => {
    const outputs = graph.execute(input, [
      'Identity:0',
      'Identity_2:0',
      'Identity_1:0',
      'Identity_3:0',
    ]) as tf.Tensor3D[];
    return tf.concat3d([tf.concat3d(outputs.slice(0, 2), 2), tf.concat3d(outputs.slice(2), 2)], 1);
  },
};

/**
 * Finds faces with a BlazeFace network. The package's own detector takes one picture at a time and decodes all 896 anchors
 * with tensor operations; here pictures share a batch and only the anchors that pass are decoded.
 */
export class BlazeFaceDetector {
  private readonly anchors: readonly { readonly xCenter: number; readonly yCenter: number }[];

  constructor(
    readonly graph: GraphModel,
    private readonly variant: BlazeFaceVariant,
    private readonly maxFaces: number,
  ) {
    this.anchors = createSsdAnchors({
      reduceBoxesInLowestLayer: false,
      interpolatedScaleAspectRatio: 1,
      featureMapHeight: [],
      featureMapWidth: [],
      numLayers: variant.strides.length,
      minScale: variant.minScale,
      maxScale: variant.maxScale,
      inputSizeHeight: variant.side,
      inputSizeWidth: variant.side,
      anchorOffsetX: 0.5,
      anchorOffsetY: 0.5,
      strides: [...variant.strides],
      aspectRatios: [1],
      fixedAnchorSize: true,
    });
    if (this.anchors.length !== ANCHORS)
      throw new Error(`${this.anchors.length} anchors instead of ${ANCHORS}`);
  }

  /**
   * Faces with a score ≥ 0.5, at most four a picture, in fractions of its size.
   * @param images [height, width, 3] each, values 0 … 255.
   */
  async detect(images: readonly tf.Tensor3D[]): Promise<Detection[][]> {
    const found: Detection[][] = [];
    for (let at = 0; at < images.length; at += this.variant.maxBatch)
      found.push(...(await this.batch(images.slice(at, at + this.variant.maxBatch))));
    return found;
  }

  private async batch(images: readonly tf.Tensor3D[]): Promise<Detection[][]> {
    const { side } = this.variant;
    const matrices: Parameters<typeof detectionProjection>[1][] = [];
    const output = tf.tidy(() => {
      const crops = images.map((image) => {
        const { imageTensor, transformationMatrix } = convertImageToTensor(image, {
          outputTensorSize: { width: side, height: side },
          keepAspectRatio: true,
          outputTensorFloatRange: [-1, 1],
          borderMode: 'zero',
        });
        matrices.push(transformationMatrix);
        return imageTensor;
      });
      return this.variant.run(this.graph, tf.concat4d(crops, 0));
    });
    try {
      const values = await output.data<'float32'>();
      const found: Detection[][] = [];
      for (const [i, matrix] of matrices.entries()) {
        const candidates = this.decode(values.subarray(i * ANCHORS * VALUES, (i + 1) * ANCHORS * VALUES));
        const kept =
          candidates.length > 0
            ? await nonMaxSuppression(candidates, this.maxFaces, MAX_OVERLAP, 'intersection-over-union')
            : [];
        found.push(detectionProjection(kept, matrix));
      }
      return found;
    } finally {
      output.dispose();
    }
  }

  private decode(values: Float32Array): Detection[] {
    return this.anchors.flatMap(({ xCenter, yCenter }, index) => {
      const at = index * VALUES;
      const logit = values[at] ?? NaN;
      if (!(logit >= MIN_LOGIT)) return [];
      const read = (offset: number): number => (values[at + 1 + offset] ?? NaN) / this.variant.side;
      const [width, height] = [read(2), read(3)];
      if (!(width >= 0 && height >= 0)) return [];
      const [x, y] = [read(0) + xCenter, read(1) + yCenter];
      const box = {
        xMin: x - width / 2,
        yMin: y - height / 2,
        xMax: x + width / 2,
        yMax: y + height / 2,
        width,
        height,
      };
      const relativeKeypoints = Array.from({ length: KEY_POINTS }, (_, k) => ({
        x: read(4 + 2 * k) + xCenter,
        y: read(5 + 2 * k) + yCenter,
      }));
      const score = 1 / (1 + Math.exp(-logit));
      return [{ score: [score], ind: index, locationData: { relativeBoundingBox: box, relativeKeypoints } }];
    });
  }

  dispose(): void {
    this.graph.dispose();
  }
}
