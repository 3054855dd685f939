import { join } from 'node:path';
import { compareTemplates, eyeAspectRatio, mouthAspectRatio, type Template } from '#biometrics';
import { type ExtractionResult, Extractor, InferenceEngine, loadManifest, ModelStore } from '#inference';
import { decodeFrame } from '#pictures';
import {
  createPeople,
  photographOf,
  samplePortrait,
  simulateAttack,
  simulateLive,
  type Subject,
} from './index.js';
import { encodeJpeg } from './capture/encode.js';
import { type SimulatedCapture } from './capture/simulated-capture.js';

const modelsDir = process.env.MODELS_DIR ?? join(import.meta.dirname, '../../../.data/models');
const degrees = 180 / Math.PI;
const PEOPLE = 4;

interface Seen {
  readonly capture: SimulatedCapture;
  readonly result: ExtractionResult;
}

/** What the product's own networks make of renders. */
describe('renders before the networks', () => {
  let engine: InferenceEngine;
  let extractor: Extractor;
  let people: Subject[];
  let photographs: Template[];
  let live: Seen[][];

  const see = async (capture: SimulatedCapture): Promise<Seen> => ({
    capture,
    result: await extractor.extract(capture.frames.map(({ jpeg }) => jpeg)),
  });
  const templateOf = ({ template, halt }: ExtractionResult): Template => {
    if (!template) throw new Error(`no template: ${halt}`);
    return template;
  };

  beforeAll(async () => {
    await ModelStore.provision({
      cacheDir: modelsDir,
      manifest: loadManifest(),
      mirror: process.env.MODELS_MIRROR,
      folder: process.env.MODELS_FOLDER,
    });
    engine = await InferenceEngine.start({ modelsDir, backend: 'wasm' });
    extractor = new Extractor(engine.networks);
    const bytes = await samplePortrait();
    const portrait = await decodeFrame(bytes);
    const landmarks = (await extractor.extract([bytes, bytes, bytes])).frames[0]?.landmarks;
    if (!portrait || !landmarks) throw new Error('the sample portrait has a face');
    people = (await createPeople(portrait, landmarks)).slice(0, PEOPLE);
    photographs = [];
    live = [];
    for (const [i, person] of people.entries()) {
      const jpeg = await encodeJpeg(await photographOf(person, 3), 92);
      photographs.push(templateOf(await extractor.extract([jpeg, jpeg, jpeg])));
      live.push([
        await see(
          await simulateLive(person, { challenge: ['turn_left', 'nod', 'open_mouth'], seed: 20 + i }),
        ),
        await see(
          await simulateLive(person, { challenge: ['turn_right', 'blink'], seed: 40 + i, frameCount: 5 }),
        ),
      ]);
    }
  }, 300_000);

  afterAll(() => engine.dispose());

  const poses = (
    seen: readonly Seen[],
  ): { yaw: [truth: number, read: number][]; found: number; all: number } => {
    const frames = seen.flatMap(({ capture, result }) =>
      result.frames.map((frame, i) => ({ frame, truth: capture.frames[i]?.truth })),
    );
    const yaw = frames.flatMap(({ frame, truth }): [number, number][] =>
      frame.pose && truth ? [[truth.yawDeg, frame.pose.yaw * degrees]] : [],
    );
    return { yaw, found: yaw.length, all: frames.length };
  };
  const slope = (pairs: readonly [number, number][]): number =>
    pairs.reduce((sum, [truth, read]) => sum + truth * read, 0) /
    pairs.reduce((sum, [truth]) => sum + truth * truth, 0);

  it('show one face in at least 95 % of live frames', () => {
    const { found, all } = poses(live.flat());
    expect(found / all).toBeGreaterThanOrEqual(0.95);
  });

  it('show one face where a picture on the wall looks like another', async () => {
    const challenge = ['turn_left', 'nod'] as const;
    for (const person of people) {
      const { result } = await see(
        await simulateAttack('still', person, { challenge, seed: 20_100, frameCount: 5 }),
      );
      expect(result.frames.map(({ status }) => status)).toEqual(Array(5).fill('ok'));
    }
  });

  it('let yaw be read within 2° RMSE, left positive', () => {
    const { yaw } = poses(live.flat());
    const rmse = Math.sqrt(yaw.reduce((sum, [truth, read]) => sum + (truth - read) ** 2, 0) / yaw.length);
    expect(rmse).toBeLessThanOrEqual(2);
    expect(slope(yaw)).toBeGreaterThan(0.9);
    expect(slope(yaw)).toBeLessThan(1.1);
    expect(Math.max(...yaw.map(([truth]) => truth))).toBeGreaterThan(20);
    expect(Math.min(...yaw.map(([truth]) => truth))).toBeLessThan(-20);
  });

  it('shut eyes and open mouths as far as a challenge asks', () => {
    for (const [mouth, blink] of live) {
      if (!mouth || !blink) throw new Error('two captures each');
      const extent = (
        { capture, result }: Seen,
        action: string,
        measure: (l: Float32Array) => number,
      ): number[] => {
        const [rest, ...during] = [
          result.frames[0],
          ...result.frames.filter((_, i) => capture.frames[i]?.truth.action === action),
        ].map((frame) => (frame?.landmarks ? measure(frame.landmarks) : NaN));
        return during.map((value) => (action === 'blink' ? value / (rest ?? NaN) : value - (rest ?? NaN)));
      };
      expect(Math.max(...extent(mouth, 'open_mouth', mouthAspectRatio))).toBeGreaterThan(0.2);
      expect(Math.min(...extent(blink, 'blink', eyeAspectRatio))).toBeLessThan(0.7);
    }
  });

  it('keep identities: a live head matches its own photograph and nobody else’s', () => {
    live.forEach(([capture], i) => {
      if (!capture) throw new Error('a capture each');
      photographs.forEach((photograph, j) => {
        const score = compareTemplates(templateOf(capture.result), photograph);
        if (i === j) expect(score).toBeGreaterThanOrEqual(0.55);
        else expect(score).toBeLessThan(0.55);
      });
    });
    photographs.forEach((one, i) =>
      photographs
        .slice(i + 1)
        .forEach((other) => expect(compareTemplates(one, other)).toBeLessThanOrEqual(0.5)),
    );
  });

  it('betray a print: its face hardly turns however the paper does', async () => {
    const [person] = people;
    if (!person) throw new Error('no people');
    const seen = await see(
      await simulateAttack('print', person, {
        challenge: ['turn_left', 'turn_right'],
        seed: 5,
        frameCount: 5,
      }),
    );
    const { yaw, found } = poses([seen]);
    expect(found).toBeGreaterThanOrEqual(4);
    expect(Math.abs(slope(yaw))).toBeLessThan(0.45);
  });
});
