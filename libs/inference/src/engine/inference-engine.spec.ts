import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { compareTemplates, LANDMARK_COUNT, LANDMARK_STRIDE, type Template } from '#biometrics';
import { framesFrom, jawWarp, samplePortrait } from '#simulator';
import { BACKEND_NAMES, BackendUnavailableError } from '../backends/backend.js';
import { type ExtractionResult } from '../extraction/extraction.js';
import { Extractor } from '../extraction/extractor.js';
import { loadManifest } from '../manifest/manifest.js';
import { ModelStore } from '../store/model-store.js';
import { checkGolden, GoldenMismatchError, loadGolden } from './golden.js';
import { InferenceEngine } from './inference-engine.js';

const root = join(import.meta.dirname, '../../../..');
const modelsDir = process.env.MODELS_DIR ?? join(root, '.data/models');
const portraitsDir = process.env.TEST_PORTRAITS_DIR ?? join(root, '../shared/portraits');
const portraits = existsSync(join(portraitsDir, 'a-1.jpg'));
const packages = {
  tensorflow: '@tensorflow/tfjs-node-gpu',
  webgpu: 'webgpu',
  wasm: '@tensorflow/tfjs-backend-wasm',
} as const;

const installed = (name: string): boolean => {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
};

beforeAll(async () => {
  await ModelStore.provision({
    cacheDir: modelsDir,
    manifest: loadManifest(),
    mirror: process.env.MODELS_MIRROR,
    folder: process.env.MODELS_FOLDER,
  });
}, 300_000);

for (const name of BACKEND_NAMES) {
  const suite = installed(packages[name]) ? describe : describe.skip;
  suite(`inference back end ${name} (contract)`, () => {
    let engine: InferenceEngine | null = null;
    let extractor: Extractor;
    let portrait: Buffer;

    beforeAll(async () => {
      portrait = await samplePortrait();
      engine = await InferenceEngine.start({ modelsDir, backend: name }).catch((error: unknown) => {
        if (name !== 'wasm' && (error as Error).cause instanceof BackendUnavailableError) return null;
        throw error;
      });
      if (engine) extractor = new Extractor(engine.networks);
    });

    afterAll(() => engine?.dispose());

    it('reproduces the golden output of every network', async () => {
      for (const [graph, entry] of engine?.networks.graphs ?? [])
        await checkGolden(graph, entry, loadGolden(entry));
      expect(engine?.models.map(({ id }) => id) ?? []).toHaveLength(engine ? 4 : 0);
    });

    it('notices a network that computes something else', async () => {
      for (const [graph, entry] of engine?.networks.graphs ?? []) {
        const golden = loadGolden(entry);
        const [output] = golden.outputs;
        if (!output) throw new Error('no output');
        const off = {
          ...golden,
          outputs: [{ ...output, values: output.values.map((value) => 1.05 * value) }],
        };
        await expect(checkGolden(graph, entry, off)).rejects.toThrow(GoldenMismatchError);
        await expect(checkGolden(graph, { ...entry, version: '9.9.9' }, golden)).rejects.toThrow(
          GoldenMismatchError,
        );
      }
    });

    it('multiplies int32 matrices', async () => {
      const product = tf.tidy(() =>
        tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2], 'int32'), tf.tensor2d([5, 6, 7, -8], [2, 2], 'int32')),
      );
      expect(product.dtype).toBe('int32');
      expect([...(await product.data())]).toEqual([19, -10, 43, -14]);
      product.dispose();
    });

    it('keeps nothing between pictures: their order and company change no bit', async () => {
      const [a, b] = await framesFrom(portrait, 2);
      const c = await sharp(portrait).resize(420, 300, { fit: 'contain' }).rotate(12).jpeg().toBuffer();
      if (!a || !b) throw new Error('no frames');
      const landmarks = async (frames: Buffer[]): Promise<(Float32Array | null)[]> =>
        (await extractor.extract(frames)).frames.map((frame) => frame.landmarks);
      const [alone] = await landmarks([a]);
      const [, , together] = await landmarks([c, b, a]);
      const [again] = await landmarks([a, c, b]);
      expect(alone).toHaveLength(LANDMARK_COUNT * LANDMARK_STRIDE);
      expect(together).toEqual(alone);
      expect(again).toEqual(alone);
    });

    it('leaves no tensor behind, whatever the frames hold', async () => {
      const frames = await framesFrom(portrait, 3);
      const empty = await sharp({ create: { width: 320, height: 240, channels: 3, background: 'grey' } })
        .jpeg()
        .toBuffer();
      const captures = [frames, [empty, empty, empty], [Buffer.from('no picture'), ...frames.slice(1)]];
      await extractor.extract(frames);
      const before = engine?.tensorCount;
      for (const capture of captures) await extractor.extract(capture);
      expect(engine?.tensorCount).toBe(before);
    });
  });
}

describe('extraction on wasm', () => {
  let engine: InferenceEngine;
  let extractor: Extractor;
  let portrait: Buffer;

  beforeAll(async () => {
    portrait = await samplePortrait();
    engine = await InferenceEngine.start({ modelsDir, backend: 'wasm' });
    extractor = new Extractor(engine.networks);
  });

  afterAll(() => engine.dispose());

  const templateOf = ({ template, halt }: ExtractionResult): Template => {
    if (!template) throw new Error(`no template: ${halt}`);
    return template;
  };

  it('gives landmarks, pose, quality and a template', async () => {
    const result = await extractor.extract(await framesFrom(portrait, 4));
    expect(result.halt).toBeNull();
    expect(result.templateFrames).toHaveLength(3);
    expect(result.template).toMatchObject({ modelId: 'mobilefacenet@3.0.4+prelu.1', dim: 192 });
    expect(Math.hypot(...templateOf(result).values)).toBeCloseTo(1, 5);
    for (const frame of result.frames) {
      expect(frame).toMatchObject({ status: 'ok', detector: 'short', width: 640, height: 480 });
      expect(Math.abs(frame.pose?.yaw ?? NaN)).toBeLessThan(0.15);
      expect(frame.quality?.inter_eye_distance).toBe(100);
    }
  });

  it('finds the same person in changed copies of a portrait, and other persons in warped ones', async () => {
    const changed = await sharp(portrait).resize(300).linear(0.9, 8).webp({ quality: 70 }).toBuffer();
    const pictures = [
      portrait,
      changed,
      await jawWarp(portrait, 'widened'),
      await jawWarp(portrait, 'narrowed'),
    ];
    const templates: Template[] = [];
    for (const picture of pictures)
      templates.push(templateOf(await extractor.extract(await framesFrom(picture, 3))));
    const [original, copy, widened, narrowed] = templates as [Template, Template, Template, Template];
    expect(compareTemplates(original, copy)).toBeGreaterThanOrEqual(0.8);
    expect(compareTemplates(widened, narrowed)).toBeLessThanOrEqual(0.5);
  });

  it('makes the same template, to the bit, of the same frames in another order', async () => {
    const frames = await framesFrom(portrait, 6);
    const template = templateOf(await extractor.extract(frames));
    for (const order of [
      [5, 4, 3, 2, 1, 0],
      [2, 0, 5, 1, 4, 3],
    ]) {
      const shuffled = order.map((index) => frames[index] as Buffer);
      expect(templateOf(await extractor.extract(shuffled)).values).toEqual(template.values);
    }
  });

  it('falls back to the second detector for a small face', async () => {
    const tiny = await sharp({ create: { width: 640, height: 480, channels: 3, background: '#8090a0' } })
      .composite([{ input: await sharp(portrait).resize(56).toBuffer(), left: 500, top: 330 }])
      .jpeg({ quality: 95 })
      .toBuffer();
    const { frames } = await extractor.extract([tiny]);
    expect(frames[0]).toMatchObject({ status: 'ok', detector: 'back' });
    expect(frames[0]?.landmarks?.[3]).toBeGreaterThan(500);
  });

  it('turns a picture upright by its EXIF orientation before anything else', async () => {
    const [upright] = await framesFrom(portrait, 1);
    const turned = await sharp(upright)
      .rotate(90)
      .withMetadata({ orientation: 8 })
      .jpeg({ quality: 95 })
      .toBuffer();
    const { frames } = await extractor.extract([turned]);
    expect(frames[0]).toMatchObject({ status: 'ok', width: 640, height: 480 });
    expect(Math.abs(frames[0]?.pose?.roll ?? NaN)).toBeLessThan(0.2);
  });

  it('names what is wrong with frames it cannot use', async () => {
    const half = await sharp(portrait).resize(320, 320).toBuffer();
    const two = await sharp({ create: { width: 640, height: 320, channels: 3, background: 'grey' } })
      .composite([
        { input: half, left: 0, top: 0 },
        { input: half, left: 320, top: 0 },
      ])
      .jpeg()
      .toBuffer();
    const nobody = await sharp({ create: { width: 320, height: 240, channels: 3, background: 'navy' } })
      .png()
      .toBuffer();
    const gif = await sharp(portrait).gif().toBuffer();
    const cut = portrait.subarray(0, portrait.length / 2);
    const { frames } = await extractor.extract([two, nobody, gif, cut, Buffer.alloc(0)]);
    expect(frames.map(({ status }) => status)).toEqual([
      'multiple_faces',
      'no_face',
      'unreadable',
      'unreadable',
      'unreadable',
    ]);
    expect((await extractor.extract([two, two, two])).halt).toBe('multiple_faces');
    expect((await extractor.extract([nobody, nobody, nobody])).halt).toBe('no_face');
    expect((await extractor.extract([gif, gif, gif])).halt).toBe('unreadable_frames');
    const dark = await Promise.all(
      (await framesFrom(portrait, 3)).map((frame) => sharp(frame).linear(0.1, 0).jpeg().toBuffer()),
    );
    expect((await extractor.extract(dark)).halt).toMatch(/^low_quality\./);
  });

  (portraits ? it : it.skip)(
    'separates two persons photographed several times at 0.55 (portraits from TEST_PORTRAITS_DIR)',
    async () => {
      const templates: { person: string; template: Template }[] = [];
      for (const file of ['a-1', 'a-2', 'a-3', 'b-1', 'b-2']) {
        const bytes = readFileSync(join(portraitsDir, `${file}.jpg`));
        templates.push({
          person: file.slice(0, 1),
          template: templateOf(await extractor.extract([bytes, bytes, bytes])),
        });
      }
      for (const [i, one] of templates.entries()) {
        for (const other of templates.slice(i + 1)) {
          const score = compareTemplates(one.template, other.template);
          if (one.person === other.person) expect(score).toBeGreaterThanOrEqual(0.55);
          else expect(score).toBeLessThan(0.55);
        }
      }
    },
  );
});
