import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { compareTemplates, type FaceQuality, type QualityComponent, type Template } from '#biometrics';
import { Extractor, InferenceEngine, loadManifest, ModelStore } from '#inference';
import { decodeFrame } from '#pictures';
import { encodeJpeg } from './capture/encode.js';
import { createPeople, photographOf, samplePortrait, type Subject } from './index.js';

const modelsDir = process.env.MODELS_DIR ?? join(import.meta.dirname, '../../../.data/models');
const PEOPLE = 3;
/** Pixels of the wall behind what is pasted. */
const GREY = '#8a8f96';

/** What the product's own networks make of pictures that are not as they should be. */
describe('acquisition', () => {
  let engine: InferenceEngine;
  let extractor: Extractor;
  /** Photographs of some synthetic people, 480×640, 80 pixels between the eyes. */
  let photographs: Buffer[];
  let references: Template[];
  let people: Subject[];

  beforeAll(async () => {
    await ModelStore.provision({
      cacheDir: modelsDir,
      manifest: loadManifest(),
      mirror: process.env.MODELS_MIRROR,
      folder: process.env.MODELS_FOLDER,
    });
    engine = await InferenceEngine.start({ modelsDir, backend: 'wasm' });
    extractor = new Extractor(engine.networks);
    const portrait = await samplePortrait();
    const picture = await decodeFrame(portrait);
    const landmarks = (await extractor.extract([portrait])).frames[0]?.landmarks;
    if (!picture || !landmarks) throw new Error('the sample portrait has a face');
    people = (await createPeople(picture, landmarks)).slice(0, PEOPLE);
    photographs = [];
    references = [];
    for (const person of people) {
      const photograph = await encodeJpeg(await photographOf(person, 3), 95);
      photographs.push(photograph);
      references.push((await extractor.photograph(photograph)).template as Template);
    }
  }, 300_000);

  afterAll(() => engine.dispose());

  const on = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: GREY } });
  const placed = async (picture: Buffer, side: number, left: number, top: number): Promise<Sharp> =>
    on(640, 480).composite([{ input: await sharp(picture).resize({ height: side }).toBuffer(), left, top }]);

  it.each<[string, (picture: Buffer) => Promise<Buffer> | Buffer]>([
    ['as it is', (picture) => picture],
    ['tiny', async (picture) => (await placed(picture, 170, 60, 40)).jpeg({ quality: 95 }).toBuffer()],
    ['in a corner', async (picture) => (await placed(picture, 240, 455, 235)).jpeg().toBuffer()],
    ['of 20 megapixels', (picture) => sharp(picture).resize(3900, 5200).jpeg({ quality: 60 }).toBuffer()],
    [
      'with odd sides',
      (picture) =>
        sharp(picture)
          .resize({ width: 333 })
          .extract({ left: 1, top: 3, width: 331, height: 439 })
          .png()
          .toBuffer(),
    ],
    [
      'cut close to the face',
      (picture) => sharp(picture).extract({ left: 150, top: 210, width: 180, height: 200 }).png().toBuffer(),
    ],
    ...[-60, -30, 30, 60].map((angle): [string, (picture: Buffer) => Promise<Buffer>] => [
      `turned by ${angle}°`,
      (picture) => sharp(picture).rotate(angle, { background: GREY }).jpeg({ quality: 95 }).toBuffer(),
    ]),
    ['dark', (picture) => sharp(picture).linear(0.25, 0).jpeg({ quality: 95 }).toBuffer()],
    ['grey', (picture) => sharp(picture).greyscale().jpeg({ quality: 95 }).toBuffer()],
    ['in CMYK', (picture) => sharp(picture).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer()],
    ['with 16 bits a channel', (picture) => sharp(picture).toColourspace('rgb16').png().toBuffer()],
    ['cut out, on nothing', (picture) => sharp(picture).ensureAlpha().png().toBuffer()],
    ['as progressive JPEG', (picture) => sharp(picture).jpeg({ progressive: true }).toBuffer()],
    ['as WebP', (picture) => sharp(picture).webp({ quality: 85 }).toBuffer()],
    ['as lossless WebP', (picture) => sharp(picture).webp({ lossless: true }).toBuffer()],
    ...[2, 3, 4, 5, 6, 7, 8].map((orientation): [string, (picture: Buffer) => Promise<Buffer>] => [
      `to be put right by EXIF orientation ${orientation}`,
      (picture) => stored(picture, orientation),
    ]),
  ])('a face %s gives its person’s template', async (_, change) => {
    for (const [i, photograph] of photographs.entries()) {
      const { status, template } = await extractor.photograph(await change(photograph));
      expect(status).toBe('ok');
      expect(compareTemplates(template as Template, references[i] as Template)).toBeGreaterThanOrEqual(0.6);
    }
  });

  it('a photograph of one person with others behind is of that one; one of two is of neither', async () => {
    const [front, behind] = photographs as [Buffer, Buffer];
    const two = async (side: number): Promise<Buffer> =>
      on(900, 640)
        .composite([
          { input: front, left: 0, top: 0 },
          { input: await sharp(behind).resize({ height: side }).toBuffer(), left: 500, top: 0 },
        ])
        .jpeg({ quality: 95 })
        .toBuffer();
    const with360 = await two(360);
    const { status, template } = await extractor.photograph(with360);
    expect(status).toBe('ok');
    expect(compareTemplates(template as Template, references[0] as Template)).toBeGreaterThanOrEqual(0.6);
    expect((await extractor.photograph(await two(640))).status).toBe('multiple_faces');
    // Before our camera nobody else may be in the picture.
    expect((await extractor.extract([with360, with360, with360])).halt).toBe('multiple_faces');
  });

  it.each<[string, () => Promise<Buffer> | Buffer, string]>([
    ['without a face', () => on(640, 480).jpeg().toBuffer(), 'no_face'],
    ['in another format', () => sharp(photographs[0]).tiff().toBuffer(), 'unreadable'],
    ['that is cut off', () => (photographs[0] as Buffer).subarray(0, 9_000), 'unreadable'],
  ])('a picture %s gives none', async (_, make, status) => {
    expect(await extractor.photograph(await make())).toEqual({ status, template: null, quality: null });
  });

  /** Each list makes one thing worse, step by step. */
  const steps = (
    values: readonly number[],
    change: (picture: Sharp, value: number) => Sharp | Promise<Sharp>,
  ) =>
    values.map(
      (value) => async (picture: Buffer) =>
        (await change(sharp(picture), value)).jpeg({ quality: 96 }).toBuffer(),
    );
  /** Paints a cloth over the lower part of the face, from `top` down. */
  const masked = (top: number) =>
    Buffer.from(
      `<svg width="480" height="640"><rect x="150" y="${top}" width="180" height="${Math.max(1, 640 - top)}" fill="rgb(70,110,190)"/></svg>`,
    );
  const shaded = (strength: number) =>
    Buffer.from(
      `<svg width="480" height="640"><defs><linearGradient id="g"><stop offset="0.3" stop-opacity="${strength}"/><stop offset="0.7" stop-opacity="0"/></linearGradient></defs><rect width="480" height="640" fill="url(#g)"/></svg>`,
    );
  const worse: readonly [QualityComponent, readonly ((picture: Buffer) => Promise<Buffer>)[]][] = [
    ['sharpness', steps([0.5, 1, 2, 4, 6], (picture, sigma) => picture.blur(sigma))],
    ['inter_eye_distance', steps([600, 480, 360, 240], (picture, height) => picture.resize({ height }))],
    [
      'under_exposure_prevention',
      steps([1, 0.5, 0.25, 0.12], (picture, factor) => picture.linear(factor, 0)),
    ],
    ['over_exposure_prevention', steps([1, 1.4, 1.9, 2.6], (picture, factor) => picture.linear(factor, 0))],
    [
      'dynamic_range',
      steps([1, 0.6, 0.35, 0.15], (picture, factor) => picture.linear(factor, 128 * (1 - factor))),
    ],
    [
      'illumination_uniformity',
      steps([0, 0.3, 0.6, 0.85], (picture, strength) => picture.composite([{ input: shaded(strength) }])),
    ],
    [
      'compression_artifacts',
      [90, 40, 20, 10, 5].map((quality) => (picture: Buffer) => sharp(picture).jpeg({ quality }).toBuffer()),
    ],
    [
      'crop_of_the_face_image',
      steps([0, 60, 120, 150], (picture, left) =>
        picture.extract({ left, top: 0, width: 480 - left, height: 640 }),
      ),
    ],
    [
      'face_occlusion_prevention',
      steps([640, 370, 345, 320], (picture, top) => picture.composite([{ input: masked(top) }])),
    ],
  ];
  it.each(worse)(
    '%s falls step by step as the picture gets worse, on every person',
    async (component, changes) => {
      for (const photograph of photographs)
        await expectToFall(component, await Promise.all(changes.map((change) => change(photograph))));
    },
  );

  it.each<[QualityComponent, readonly Parameters<typeof photographOf>[2][]]>([
    ['head_pose', [0, 10, 20, 30].map((yawDeg) => ({ yawDeg }))],
    ['eyes_open', [0.4, 0.6, 0.8, 1].map((blink) => ({ expression: { blink } }))],
    ['mouth_closed', [0, 0.3, 0.6, 1].map((mouth) => ({ expression: { mouth } }))],
  ])('%s falls step by step as the person does it, on every person', async (component, poses) => {
    for (const person of people)
      await expectToFall(
        component,
        await Promise.all(poses.map(async (posed) => encodeJpeg(await photographOf(person, 3, posed), 95))),
      );
  });

  async function expectToFall(component: QualityComponent, pictures: readonly Buffer[]): Promise<void> {
    const values: number[] = [];
    for (const picture of pictures)
      values.push(((await extractor.photograph(picture)).quality as FaceQuality)[component]);
    const [first, last] = [values[0] as number, values.at(-1) as number];
    const falls = values.every((value, i) => i === 0 || value <= (values[i - 1] as number));
    expect({ values, falls, farEnough: last < first - 10 }).toEqual({ values, falls: true, farEnough: true });
  }
});

/** The picture as a camera held that way stores it: turned, with a note how to put it right. */
async function stored(picture: Buffer, orientation: number): Promise<Buffer> {
  const [flip, flop, angle] = (
    {
      2: [false, true, 0],
      3: [false, false, 180],
      4: [true, false, 0],
      5: [false, true, 270],
      6: [false, false, 270],
      7: [false, true, 90],
      8: [false, false, 90],
    } as Record<number, [boolean, boolean, number]>
  )[orientation] as [boolean, boolean, number];
  const mirrored = await sharp(picture).flip(flip).flop(flop).toBuffer();
  return sharp(mirrored).rotate(angle).withMetadata({ orientation }).jpeg({ quality: 95 }).toBuffer();
}
