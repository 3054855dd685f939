import './navigator.js';
import { convertImageToTensor } from '@tensorflow-models/face-detection/dist/shared/calculators/convert_image_to_tensor.js';
import {
  type Detection,
  type Rect,
} from '@tensorflow-models/face-detection/dist/shared/calculators/interfaces/shape_interfaces.js';
import { createDetector, type Keypoint, SupportedModels } from '@tensorflow-models/face-landmarks-detection';
import { calculateLandmarkProjection } from '@tensorflow-models/face-landmarks-detection/dist/shared/calculators/calculate_landmark_projection.js';
import {
  FACE_PRESENCE_SCORE,
  LANDMARK_IMAGE_TO_TENSOR_CONFIG,
} from '@tensorflow-models/face-landmarks-detection/dist/tfjs/constants.js';
import { type GraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { LANDMARK_COUNT, LANDMARK_STRIDE } from '#biometrics';
import { artifactsHandler, type GraphArtifacts } from '../store/graph-files.js';

/** Face flag first, then the tensors in the order the package's decoder takes them. */
const OUTPUTS = [
  'output_faceflag',
  'output_mesh_identity',
  'output_lips',
  'Identity_6:0',
  'Identity_1:0',
  'Identity_2:0',
  'Identity_5:0',
];

/** Larger batches gain nothing and hold more memory. */
const MAX_BATCH = 8;

/** The parts of face-landmarks-detection's detector that are used one by one, so that frames can share a batch. */
interface MeshPipeline {
  readonly detector: { readonly detectorModel: GraphModel };
  readonly landmarkModel: GraphModel;
  dispose(): void;
  faceDetectionFrontDetectionToRoi(detection: Detection, imageSize: ImageSize): Rect;
  tensorsToFaceLandmarksWithAttention(tensors: tf.Tensor[]): Promise<Keypoint[]>;
}

interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** A face to place landmarks on. */
export interface MeshRequest {
  /** [height, width, 3], values 0 … 255. */
  readonly image: tf.Tensor3D;
  readonly detection: Detection;
}

/**
 * The attention mesh of `@tensorflow-models/face-landmarks-detection` (runtime tfjs, refined landmarks). Its
 * `estimateFaces` tracks faces from picture to picture, and takes neither another detector's faces nor a batch; so its
 * own steps are called singly.
 */
export class FaceMesh {
  private constructor(private readonly pipeline: MeshPipeline) {}

  static async load(detector: GraphArtifacts, landmarks: GraphArtifacts): Promise<FaceMesh> {
    const pipeline = (await createDetector(SupportedModels.MediaPipeFaceMesh, {
      runtime: 'tfjs',
      refineLandmarks: true,
      maxFaces: 1,
      detectorModelUrl: artifactsHandler(detector),
      landmarkModelUrl: artifactsHandler(landmarks),
    })) as unknown as MeshPipeline;
    return new FaceMesh(pipeline);
  }

  /**
   * Places 478 landmarks on each face.
   * @returns per request x, y, z in pixels of its picture (478 × 3), or `null` where the network says it is no face.
   */
  async landmarks(requests: readonly MeshRequest[]): Promise<(Float32Array | null)[]> {
    const found: (Float32Array | null)[] = [];
    for (let at = 0; at < requests.length; at += MAX_BATCH)
      found.push(...(await this.batch(requests.slice(at, at + MAX_BATCH))));
    return found;
  }

  /** The package's two bare networks; the detector's is shared with the one that finds faces. */
  get graphs(): { detector: GraphModel; landmarks: GraphModel } {
    return { detector: this.pipeline.detector.detectorModel, landmarks: this.pipeline.landmarkModel };
  }

  dispose(): void {
    this.pipeline.dispose();
  }

  private async batch(requests: readonly MeshRequest[]): Promise<(Float32Array | null)[]> {
    const regions = requests.map(({ image, detection }) =>
      this.pipeline.faceDetectionFrontDetectionToRoi(detection, sizeOf(image)),
    );
    const outputs = tf.tidy(() => {
      const crops = requests.map(
        ({ image }, i) =>
          convertImageToTensor(image, LANDMARK_IMAGE_TO_TENSOR_CONFIG, regions[i]).imageTensor,
      );
      return this.pipeline.landmarkModel.execute(tf.concat4d(crops, 0), OUTPUTS) as tf.Tensor[];
    });
    try {
      const flags = (await outputs[0]?.data()) ?? [];
      const found: (Float32Array | null)[] = [];
      for (const [i, { image }] of requests.entries()) {
        const region = regions[i];
        const isFace = (flags[i] ?? 0) > FACE_PRESENCE_SCORE;
        found.push(isFace && region ? await this.decode(outputs, i, region, sizeOf(image)) : null);
      }
      return found;
    } finally {
      tf.dispose(outputs);
    }
  }

  private async decode(
    outputs: readonly tf.Tensor[],
    index: number,
    region: Rect,
    size: ImageSize,
  ): Promise<Float32Array> {
    const tensors = outputs.slice(1).map((output) => tf.slice(output, index, 1));
    try {
      const inRegion = await this.pipeline.tensorsToFaceLandmarksWithAttention(tensors);
      return toPixels(calculateLandmarkProjection(inRegion, region), size);
    } finally {
      tf.dispose(tensors);
    }
  }
}

function sizeOf(image: tf.Tensor3D): ImageSize {
  const [height, width] = image.shape;
  return { height, width };
}

/** z is given in units of the picture's width, as MediaPipe does. */
function toPixels(points: readonly Keypoint[], { width, height }: ImageSize): Float32Array {
  if (points.length !== LANDMARK_COUNT)
    throw new Error(`${points.length} landmarks instead of ${LANDMARK_COUNT}`);
  const landmarks = new Float32Array(LANDMARK_COUNT * LANDMARK_STRIDE);
  points.forEach(({ x, y, z = 0 }, i) =>
    landmarks.set([x * width, y * height, z * width], i * LANDMARK_STRIDE),
  );
  return landmarks;
}
