import './navigator.js';
import { join } from 'node:path';
import { createDetector, SupportedModels } from '@tensorflow-models/face-detection';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { decodeFrame } from '#pictures';
import { framesFrom, samplePortrait } from '#simulator';
import { WasmBackend } from '../backends/wasm.backend.js';
import { loadManifest, modelEntry } from '../manifest/manifest.js';
import { artifactsHandler, type GraphArtifacts, readGraph } from '../store/graph-files.js';
import { ModelStore } from '../store/model-store.js';
import { BlazeFaceDetector, REAR_CAMERA, SHORT_RANGE } from './blaze-face.js';

const modelsDir = process.env.MODELS_DIR ?? join(import.meta.dirname, '../../../../.data/models');

describe('BlazeFaceDetector', () => {
  let images: tf.Tensor3D[];
  const graph = (id: string): Promise<GraphArtifacts> => readGraph(modelsDir, modelEntry(loadManifest(), id));

  beforeAll(async () => {
    await ModelStore.provision({
      cacheDir: modelsDir,
      manifest: loadManifest(),
      mirror: process.env.MODELS_MIRROR,
      folder: process.env.MODELS_FOLDER,
    });
    await new WasmBackend().activate();
    const frames = await Promise.all(
      (await framesFrom(await samplePortrait(), 3)).map((frame) => decodeFrame(frame)),
    );
    images = frames.flatMap((frame) =>
      frame ? [tf.tensor3d(Float32Array.from(frame.data), [frame.height, frame.width, 3])] : [],
    );
  }, 300_000);

  afterAll(() => tf.dispose(images));

  it('finds, in a batch, what the detector of the MediaPipe package finds one by one', async () => {
    const artifacts = await graph('facemesh-detection-short');
    const detectorModelUrl = artifactsHandler(artifacts);
    const reference = await createDetector(SupportedModels.MediaPipeFaceDetector, {
      runtime: 'tfjs',
      modelType: 'short',
      maxFaces: 4,
      detectorModelUrl,
    });
    const detector = new BlazeFaceDetector(await loadGraphModel(artifactsHandler(artifacts)), SHORT_RANGE, 4);
    const batch = await detector.detect(images);
    for (const [i, image] of images.entries()) {
      const [height, width] = image.shape;
      const [expected] = await reference.estimateFaces(image);
      const found = batch[i]?.[0]?.locationData;
      expect(batch[i]).toHaveLength(1);
      expect((found?.relativeBoundingBox?.xMin ?? NaN) * width).toBeCloseTo(expected?.box.xMin ?? NaN, 2);
      expect((found?.relativeBoundingBox?.height ?? NaN) * height).toBeCloseTo(
        expected?.box.height ?? NaN,
        2,
      );
      expected?.keypoints.forEach(({ x, y }, k) => {
        expect((found?.relativeKeypoints?.[k]?.x ?? NaN) * width).toBeCloseTo(x, 2);
        expect((found?.relativeKeypoints?.[k]?.y ?? NaN) * height).toBeCloseTo(y, 2);
      });
    }
    reference.dispose();
    detector.dispose();
  });

  it('agrees with the rear-camera network about where the face is', async () => {
    const detectors = [
      new BlazeFaceDetector(
        await loadGraphModel(artifactsHandler(await graph('facemesh-detection-short'))),
        SHORT_RANGE,
        4,
      ),
      new BlazeFaceDetector(
        await loadGraphModel(artifactsHandler(await graph('blazeface-back'))),
        REAR_CAMERA,
        4,
      ),
    ];
    const [short, back] = await Promise.all(detectors.map((detector) => detector.detect(images)));
    images.forEach((_, i) => {
      const [a, b] = [
        short?.[i]?.[0]?.locationData.relativeKeypoints,
        back?.[i]?.[0]?.locationData.relativeKeypoints,
      ];
      for (const k of [0, 1, 2, 3]) {
        expect(Math.abs((a?.[k]?.x ?? NaN) - (b?.[k]?.x ?? NaN))).toBeLessThan(0.05);
        expect(Math.abs((a?.[k]?.y ?? NaN) - (b?.[k]?.y ?? NaN))).toBeLessThan(0.05);
      }
    });
    detectors.forEach((detector) => detector.dispose());
  });
});
