import { performance } from 'node:perf_hooks';
import * as tf from '@tensorflow/tfjs-core';
import {
  alignFace,
  estimatePose,
  judgeCapture,
  crossCheckedFrames,
  measureConsistency,
  measureGroupConsistency,
  measureQuality,
  meanTemplate,
  type RgbImage,
  type Template,
} from '#biometrics';
import { decodeFrame } from '#pictures';
import { type Networks } from '../engine/networks.js';
import { type ExtractionResult, type FrameExtraction, type PhotographExtraction } from './extraction.js';
import { type FaceSearch, findFaces, type StepClock } from './find-faces.js';

/** Turns the encoded frames of a capture into landmarks, quality and a template. Keeps nothing between captures. */
export class Extractor {
  constructor(private readonly networks: Pick<Networks, 'mesh' | 'short' | 'back' | 'template'>) {}

  /** @param encoded JPEG, PNG or WebP files, in the order they were taken. */
  async extract(encoded: readonly Uint8Array[]): Promise<ExtractionResult> {
    const clock = new Clock();
    const pictures = await clock.time('decode', () =>
      Promise.all(encoded.map((bytes) => decodeFrame(bytes))),
    );
    const searches = await this.search(pictures, clock);
    const { frames, aligned } = await clock.time('template', () =>
      Promise.resolve(describe(pictures, searches)),
    );
    const { halt, templateFrames, usable } = judgeCapture(frames);
    if (halt)
      return {
        frames,
        template: null,
        consistency: null,
        groupConsistency: null,
        templateFrames,
        halt,
        timingsMs: clock.timingsMs,
      };
    const others = crossCheckedFrames(
      usable.flatMap((index) => {
        const pose = frames[index]?.pose;
        return pose ? [{ index, pose }] : [];
      }),
      templateFrames,
      frames.length,
    );
    const [own, checked] = await clock.time('template', async () => [
      await this.templatesOf(templateFrames, aligned),
      await this.templatesOf(others, aligned),
    ]);
    return {
      frames,
      template: meanTemplate(own),
      consistency: measureConsistency([...own, ...checked]),
      groupConsistency: measureGroupConsistency([...own, ...checked]),
      templateFrames,
      halt,
      timingsMs: clock.timingsMs,
    };
  }

  /**
   * Makes a template of one photograph. Bystanders do not count as long as one face is clearly the largest: photographs are not taken
   * before our camera, where nobody else may be in the picture.
   */
  async photograph(encoded: Uint8Array): Promise<PhotographExtraction> {
    const picture = await decodeFrame(encoded, MAX_PHOTOGRAPH_PIXELS);
    const searches = await this.search([picture], new Clock(), BYSTANDER_RATIO);
    const { frames, aligned } = describe([picture], searches);
    const [template = null] = await this.templatesOf([0], aligned);
    const { status, quality } = frames[0] as FrameExtraction;
    return { status, quality, template };
  }

  private async search(
    pictures: readonly (RgbImage | null)[],
    clock: StepClock,
    secondFaceRatio?: number,
  ): Promise<(FaceSearch | null)[]> {
    const readable = pictures.flatMap((picture, index) => (picture ? [{ picture, index }] : []));
    const images = readable.map(({ picture: { data, height, width } }) =>
      tf.tidy(() => tf.cast(tf.tensor3d(data, [height, width, 3], 'int32'), 'float32')),
    );
    try {
      const found = await findFaces(images, this.networks, clock, secondFaceRatio);
      const searches: (FaceSearch | null)[] = pictures.map(() => null);
      readable.forEach(({ index }, k) => (searches[index] = found[k] ?? null));
      return searches;
    } finally {
      tf.dispose(images);
    }
  }

  private async templatesOf(
    indices: readonly number[],
    aligned: readonly (Float32Array | null)[],
  ): Promise<Template[]> {
    const templates: Template[] = [];
    for (const index of indices) {
      const face = aligned[index];
      if (face) templates.push(await this.networks.template.template(face));
    }
    return templates;
  }
}

/** A second face of at least this size, relative to the largest, leaves open who the photograph is of. */
const BYSTANDER_RATIO = 0.8;

/** Photographs are files of whoever runs the program, not uploads: those of large cameras are welcome. */
const MAX_PHOTOGRAPH_PIXELS = 2 ** 28;

interface Description {
  readonly frames: FrameExtraction[];
  readonly aligned: (Float32Array | null)[];
}

function describe(
  pictures: readonly (RgbImage | null)[],
  searches: readonly (FaceSearch | null)[],
): Description {
  const frames: FrameExtraction[] = [];
  const aligned: (Float32Array | null)[] = [];
  pictures.forEach((picture, index) => {
    const search = searches[index];
    const { width, height } = picture ?? { width: 0, height: 0 };
    if (picture && search?.status === 'ok') {
      const face = alignFace(picture, search.landmarks);
      const pose = estimatePose(search.landmarks);
      const quality = measureQuality({ image: picture, aligned: face, landmarks: search.landmarks, pose });
      aligned.push(face);
      frames.push({
        index,
        status: 'ok',
        landmarks: search.landmarks,
        width,
        height,
        pose,
        quality,
        detector: search.detector,
      });
    } else {
      aligned.push(null);
      frames.push({
        index,
        status: search?.status ?? 'unreadable',
        landmarks: null,
        width,
        height,
        pose: null,
        quality: null,
        detector: null,
      });
    }
  });
  return { frames, aligned };
}

type Step = 'decode' | 'detect' | 'mesh' | 'template';

class Clock implements StepClock {
  readonly timingsMs: Record<Step, number> = { decode: 0, detect: 0, mesh: 0, template: 0 };

  async time<Result>(step: Step, work: () => Promise<Result>): Promise<Result> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.timingsMs[step] += performance.now() - start;
    }
  }
}
