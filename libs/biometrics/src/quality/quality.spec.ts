import { ALIGNED_SIZE, type RgbImage } from '../geometry/index.js';
import { LANDMARK_COUNT, LANDMARK_STRIDE } from '../geometry/landmarks.js';
import { type FrameFinding, judgeCapture } from './capture-verdict.js';
import {
  type FaceQuality,
  meanQuality,
  measureQuality,
  QUALITY_COMPONENTS,
  type QualityComponent,
} from './face-quality.js';
import { ENROLMENT_FLOORS, failedComponent, FRAME_FLOORS, VERIFICATION_FLOORS } from './quality-limits.js';

const perfect = Object.fromEntries(QUALITY_COMPONENTS.map((component) => [component, 100])) as FaceQuality;
const ok = (index: number, quality: Partial<FaceQuality> = {}): FrameFinding => ({
  index,
  status: 'ok',
  quality: { ...perfect, ...quality },
});
const failed = (index: number, status: 'no_face' | 'multiple_faces' | 'unreadable'): FrameFinding => ({
  index,
  status,
  quality: null,
});

describe('judgeCapture', () => {
  it('takes the best three frames, best first', () => {
    const turned = { head_pose: 50 };
    const frames = [
      ok(0, { head_pose: 86 }),
      ok(1, turned),
      ok(2),
      ok(3, { head_pose: 94 }),
      ok(4, { head_pose: 90 }),
      ok(5, turned),
    ];
    expect(judgeCapture(frames)).toEqual({
      halt: null,
      usable: [0, 1, 2, 3, 4, 5],
      templateFrames: [2, 3, 4],
    });
  });

  it.each([
    ['blurred', { sharpness: 40 }],
    ['turned', { head_pose: 70 }],
    ['blinking', { eyes_open: 0 }],
    ['with the mouth open', { mouth_closed: 20 }],
  ])('rather makes a template of one good frame than of it and two %s ones', (_, quality) => {
    expect(judgeCapture([ok(0, quality), ok(1), ok(2, quality)])).toMatchObject({
      usable: [0, 1, 2],
      templateFrames: [1],
    });
  });

  it('halts below half of the frames, though three are good', () => {
    const frames = [
      ok(0),
      ok(1),
      ok(2),
      failed(3, 'no_face'),
      failed(4, 'no_face'),
      failed(5, 'no_face'),
      failed(6, 'multiple_faces'),
    ];
    expect(judgeCapture(frames)).toEqual({ halt: 'no_face', usable: [0, 1, 2], templateFrames: [] });
    expect(judgeCapture(frames.slice(0, 6)).halt).toBeNull();
  });

  it('halts below three good frames, whatever the count', () => {
    expect(judgeCapture([ok(0), ok(1), failed(2, 'unreadable')]).halt).toBe('unreadable_frames');
    expect(judgeCapture([ok(0), ok(1)]).halt).toBe('unreadable_frames');
    expect(judgeCapture([]).halt).toBe('unreadable_frames');
  });

  const asked = QUALITY_COMPONENTS.filter((component) => FRAME_FLOORS[component] > 0);
  it.each(asked)('names the component at fault: %s', (component) => {
    const frames = [0, 1, 2, 3, 4].map((index) => ok(index, { [component]: FRAME_FLOORS[component] - 0.1 }));
    expect(judgeCapture(frames)).toMatchObject({ halt: `low_quality.${component}`, templateFrames: [] });
  });

  it.each(['head_pose', 'eyes_open', 'mouth_closed', 'crop_of_the_face_image'] as const)(
    'asks for no %s, which a challenge may cost',
    (component) => {
      expect(judgeCapture([0, 1, 2].map((index) => ok(index, { [component]: 0 }))).halt).toBeNull();
    },
  );

  it.each(QUALITY_COMPONENTS)('does not take %s that was not measured for good', (component) => {
    const frames = [0, 1, 2].map((index) => ok(index, { [component]: NaN }));
    expect(judgeCapture(frames).halt).toBe(`low_quality.${component}`);
  });

  it('names the most frequent failure, and on a tie the one a person corrects first', () => {
    const frames = [
      ok(0, { inter_eye_distance: 5 }),
      ok(1, { sharpness: 1 }),
      ok(2, { sharpness: 1 }),
      failed(3, 'no_face'),
      failed(4, 'no_face'),
    ];
    expect(judgeCapture(frames.slice(0, 4)).halt).toBe('low_quality.sharpness');
    expect(judgeCapture(frames).halt).toBe('no_face');
  });

  it('does not take a frame without measurements for good', () => {
    const frame: FrameFinding = { index: 0, status: 'ok', quality: null };
    expect(judgeCapture([frame, { ...frame, index: 1 }, { ...frame, index: 2 }]).halt).toBe('no_face');
  });
});

describe('measureQuality', () => {
  /** Two eyes and a nose tip, `iod` apart about (x, y), lids `open` and lips `agape` relative to their width. */
  const face = ({ x = 160, y = 120, iod = 60, open = 0.3, agape = 0 }): Float32Array => {
    const landmarks = new Float32Array(LANDMARK_COUNT * LANDMARK_STRIDE);
    for (let at = 0; at < landmarks.length; at += LANDMARK_STRIDE) landmarks.set([x, y, 0], at);
    const put = (index: number, dx: number, dy: number): void =>
      landmarks.set([x + dx * iod, y + dy * iod, 0], index * LANDMARK_STRIDE);
    const eye = (
      [outer, inner]: readonly [number, number],
      upper: readonly number[],
      lower: readonly number[],
      at: number,
    ): void => {
      put(outer, at - 0.2, 0);
      put(inner, at + 0.2, 0);
      upper.forEach((index) => put(index, at, -0.2 * open));
      lower.forEach((index) => put(index, at, 0.2 * open));
    };
    eye([33, 133], [160, 158], [153, 144], -0.5);
    eye([362, 263], [385, 387], [373, 380], 0.5);
    put(78, -0.4, 1);
    put(308, 0.4, 1);
    put(13, 0, 1 - 0.4 * agape);
    put(14, 0, 1 + 0.4 * agape);
    return landmarks;
  };
  const straight = { yaw: 0, pitch: 0, roll: 0 };
  const paint = (value: (x: number, y: number) => number | readonly number[]): Float32Array =>
    Float32Array.from({ length: ALIGNED_SIZE * ALIGNED_SIZE * 3 }, (_, i) => {
      const colour = value(Math.floor(i / 3) % ALIGNED_SIZE, Math.floor(i / 3 / ALIGNED_SIZE));
      return typeof colour === 'number' ? colour : (colour[i % 3] as number);
    });
  const plain: RgbImage = { width: 320, height: 240, data: new Uint8Array(320 * 240 * 3).fill(128) };
  const measure = (change: {
    aligned?: Float32Array;
    landmarks?: Float32Array;
    pose?: typeof straight;
    image?: RgbImage;
  }): FaceQuality =>
    measureQuality({
      image: plain,
      aligned: paint((x, y) => 90 + 60 * Math.sin(x / 5) * Math.cos(y / 7)),
      landmarks: face({}),
      pose: straight,
      ...change,
    });

  it('gives every component from 0 to 100', () => {
    for (const quality of [
      measure({}),
      measure({
        aligned: paint(() => 0),
        pose: { ...straight, yaw: 3 },
        landmarks: face({ x: -40, agape: 2 }),
      }),
      measure({ aligned: paint(() => 255), landmarks: face({ iod: 900, open: 2 }) }),
    ])
      for (const component of QUALITY_COMPONENTS) {
        expect(quality[component]).toBeGreaterThanOrEqual(0);
        expect(quality[component]).toBeLessThanOrEqual(100);
      }
  });

  it('has the values that its definitions give', () => {
    expect(measure({ landmarks: face({ iod: 45 }) }).inter_eye_distance).toBeCloseTo(50, 4);
    expect(measure({ pose: { yaw: Math.PI / 3, pitch: 0, roll: 1 } }).head_pose).toBeCloseTo(25, 6);
    expect(measure({ pose: { ...straight, pitch: 2 } }).head_pose).toBe(0);
    const halves = measure({ aligned: paint((x) => (x < ALIGNED_SIZE / 2 ? 50 : 200)) });
    expect(halves.illumination_uniformity).toBeCloseTo(25, 3);
    expect(halves.dynamic_range).toBeCloseTo(12.5, 6);
    expect(measure({ aligned: paint((_, y) => (y % 2 ? 10 : 120)) }).under_exposure_prevention).toBeCloseTo(
      50,
      6,
    );
    expect(measure({ aligned: paint((_, y) => (y % 2 ? 250 : 120)) }).over_exposure_prevention).toBeCloseTo(
      50,
      6,
    );
    expect(measure({ aligned: paint(() => 77) }).sharpness).toBeCloseTo(0, 6);
    expect(measure({ landmarks: face({ agape: 0.3 }) }).mouth_closed).toBeCloseTo(50, 3);
    expect(measure({ landmarks: face({ open: 0.19 }) }).eyes_open).toBeCloseTo(50, 3);
  });

  /** Each step makes one thing worse; the component must follow and never recover. */
  const steps = [0, 0.2, 0.4, 0.6, 0.8, 1];
  const blocks = (strength: number): RgbImage => ({
    ...plain,
    data: plain.data.map((_, i) => {
      const [x, y] = [Math.floor(i / 3) % plain.width, Math.floor(i / 3 / plain.width)];
      const smooth = 128 + 20 * Math.sin(x / 9) + 20 * Math.cos(y / 11) + 4 * Math.sin(x * y);
      const block = ((x >> 3) * 7 + (y >> 3) * 13) % 5;
      return smooth + 10 * strength * block;
    }),
  });
  it.each<[QualityComponent, (step: number) => Parameters<typeof measure>[0]]>([
    ['inter_eye_distance', (step) => ({ landmarks: face({ iod: 80 - 70 * step }) })],
    ['crop_of_the_face_image', (step) => ({ landmarks: face({ x: 80 - 80 * step }) })],
    ['under_exposure_prevention', (step) => ({ aligned: paint((x) => (1.01 - step) * x) })],
    ['over_exposure_prevention', (step) => ({ aligned: paint((x) => Math.min(255, 2 * x + 260 * step)) })],
    ['dynamic_range', (step) => ({ aligned: paint((x, y) => 120 + (1 - step) * (x + y - 110)) })],
    ['illumination_uniformity', (step) => ({ aligned: paint((x) => 120 + step * (x - 56)) })],
    ['sharpness', (step) => ({ aligned: paint((x) => 120 + 60 * Math.sin(x / (1 + 6 * step))) })],
    ['compression_artifacts', (step) => ({ image: blocks(step) })],
    [
      'face_occlusion_prevention',
      (step) => ({
        aligned: paint((_, y) => (y > 104 - 50 * step ? [60, 90, 170] : [190, 140, 120])),
      }),
    ],
    ['head_pose', (step) => ({ pose: { ...straight, yaw: 1.5 * step } })],
    ['eyes_open', (step) => ({ landmarks: face({ open: 0.28 * (1 - step) }) })],
    ['mouth_closed', (step) => ({ landmarks: face({ agape: step }) })],
  ])('%s falls as the picture gets worse', (component, change) => {
    const values = steps.map((step) => measure(change(step))[component]);
    for (const [i, value] of values.entries())
      if (i > 0) expect(value).toBeLessThanOrEqual(values[i - 1] as number);
    expect(values.at(-1)).toBeLessThan((values[0] as number) - 20);
  });

  it('does not take the tones of skin for a fault', () => {
    for (const tone of [
      [240, 205, 185],
      [190, 140, 120],
      [120, 80, 62],
      [70, 46, 38],
    ])
      expect(
        failedComponent(
          measure({
            aligned: paint((x, y) =>
              tone.map(
                (level) => level * (1 + 0.25 * Math.sin(x / 5) * Math.cos(y / 7) + 0.1 * Math.sin(x * y)),
              ),
            ),
          }),
          { ...ENROLMENT_FLOORS, crop_of_the_face_image: 0 },
        ),
      ).toBeNull();
  });
});

describe('floors', () => {
  it('rise from frames to verification to enrolment', () => {
    for (const component of QUALITY_COMPONENTS) {
      expect(VERIFICATION_FLOORS[component]).toBeGreaterThanOrEqual(FRAME_FLOORS[component]);
      expect(ENROLMENT_FLOORS[component]).toBeGreaterThanOrEqual(VERIFICATION_FLOORS[component]);
    }
    expect(ENROLMENT_FLOORS).not.toEqual(VERIFICATION_FLOORS);
  });

  it('are reached by what lies on them, and not by what lies below or was not measured', () => {
    expect(failedComponent(ENROLMENT_FLOORS, ENROLMENT_FLOORS)).toBeNull();
    expect(failedComponent({ ...perfect, eyes_open: 29.9 }, ENROLMENT_FLOORS)).toBe('eyes_open');
    expect(failedComponent({ ...perfect, eyes_open: 29.9 }, VERIFICATION_FLOORS)).toBeNull();
    expect(failedComponent({ ...perfect, eyes_open: NaN }, VERIFICATION_FLOORS)).toBe('eyes_open');
  });
});

it('the quality of several faces is their mean', () => {
  expect(meanQuality([])).toBeNull();
  expect(meanQuality([perfect, { ...perfect, sharpness: 50 }])).toEqual({ ...perfect, sharpness: 75 });
});
