import { ALIGNED_SIZE } from '../geometry/index.js';
import { LANDMARK_COUNT, LANDMARK_STRIDE } from '../geometry/landmarks.js';
import { type FrameFinding, judgeCapture } from './capture-verdict.js';
import { type FaceQuality, measureQuality } from './face-quality.js';
import { failedComponent, isFrontal } from './quality-limits.js';

const good: FaceQuality = { size: 90, brightness: 120, contrast: 45, sharpness: 300, frontality: 0.99 };
const ok = (index: number, quality: Partial<FaceQuality> = {}): FrameFinding => ({
  index,
  status: 'ok',
  quality: { ...good, ...quality },
});
const failed = (index: number, status: 'no_face' | 'multiple_faces' | 'unreadable'): FrameFinding => ({
  index,
  status,
  quality: null,
});

describe('judgeCapture', () => {
  it('takes the best three frontal frames, best first', () => {
    const turned = { frontality: 0.7 };
    const verdict = judgeCapture([
      ok(0, { frontality: 0.93 }),
      ok(1, turned),
      ok(2),
      ok(3, { frontality: 0.97 }),
      ok(4, { frontality: 0.95 }),
      ok(5, turned),
    ]);
    expect(verdict).toEqual({ halt: null, usable: [0, 1, 2, 3, 4, 5], templateFrames: [2, 3, 4] });
  });

  it('prefers a sharp frame to a blurred one', () => {
    expect(
      judgeCapture([ok(0, { sharpness: 20 }), ok(1), ok(2), ok(3, { sharpness: 30 })]).templateFrames,
    ).toEqual([1, 2, 3]);
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

  it.each([
    [{ size: 10 }, 'low_quality.size'],
    [{ brightness: 12 }, 'low_quality.brightness'],
    [{ brightness: 250 }, 'low_quality.brightness'],
    [{ contrast: 2 }, 'low_quality.contrast'],
    [{ sharpness: 1 }, 'low_quality.sharpness'],
    [{ frontality: 0.5 }, 'low_quality.frontality'],
    [{ sharpness: NaN }, 'low_quality.sharpness'],
  ] as const)('names the component at fault: %j', (quality, halt) => {
    expect(judgeCapture([0, 1, 2, 3, 4].map((index) => ok(index, quality)))).toMatchObject({
      halt,
      templateFrames: [],
    });
  });

  it('names the most frequent failure, and on a tie the one a person corrects first', () => {
    const frames = [
      ok(0, { size: 5 }),
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
  const landmarks = new Float32Array(LANDMARK_COUNT * LANDMARK_STRIDE);
  [33, 133].forEach((index) => landmarks.set([100, 200, 0], index * LANDMARK_STRIDE));
  [362, 263].forEach((index) => landmarks.set([160, 280, 0], index * LANDMARK_STRIDE));
  const pose = { yaw: Math.PI / 3, pitch: 0, roll: 1 };
  const paint = (value: (x: number, y: number) => number): Float32Array =>
    Float32Array.from({ length: ALIGNED_SIZE * ALIGNED_SIZE * 3 }, (_, i) =>
      value(Math.floor(i / 3) % ALIGNED_SIZE, Math.floor(i / 3 / ALIGNED_SIZE)),
    );

  it('gives each component in its unit', () => {
    const flat = measureQuality(
      paint(() => 77),
      landmarks,
      pose,
    );
    expect(flat.size).toBeCloseTo(100, 5);
    expect(flat.brightness).toBeCloseTo(77, 2);
    expect(flat.contrast).toBeCloseTo(0, 3);
    expect(flat.sharpness).toBeCloseTo(0, 3);
    expect(flat.frontality).toBeCloseTo(0.5, 6);
    const stripes = measureQuality(
      paint((x) => (x % 2 ? 200 : 100)),
      landmarks,
      { ...pose, yaw: 0 },
    );
    expect(stripes.brightness).toBeCloseTo(150, 2);
    expect(stripes.contrast).toBeCloseTo(50, 2);
    expect(stripes.sharpness).toBeCloseTo(200 ** 2, -1);
    expect(stripes.frontality).toBe(1);
  });

  it('falls with blur and is zero in profile', () => {
    const sharp = paint((x) => (Math.floor(x / 8) % 2 ? 200 : 100));
    const soft = paint((x) => 150 + 50 * Math.sin((Math.PI * x) / 8));
    expect(measureQuality(soft, landmarks, pose).sharpness).toBeLessThan(
      0.1 * measureQuality(sharp, landmarks, pose).sharpness,
    );
    expect(measureQuality(sharp, landmarks, { ...pose, yaw: Math.PI / 2 + 0.1 }).frontality).toBe(0);
  });
});

describe('limits', () => {
  it('pass a good face and leave frontality to the template', () => {
    expect(failedComponent(good)).toBeNull();
    expect(failedComponent({ ...good, frontality: 0 })).toBeNull();
    expect(isFrontal(good)).toBe(true);
    expect(isFrontal({ ...good, frontality: NaN })).toBe(false);
  });
});
