import { type GrayImage } from '../frames.js';
import { noiseCorrelation, noiseField, noiseLevel, noiseMismatch } from './noise.js';
import { drawn, faceInMiddle, isOnHead, noise } from './testing/drawn.js';

const { sin, cos } = Math;
const landmarks = faceInMiddle();
const scene = (x: number, y: number): number => 100 + 40 * sin(x / 150) + 30 * cos(y / 120);
const fieldOf = (gray: GrayImage) => noiseField({ gray, landmarks });
const noisy = (seed: number, around: number, onHead = around) => {
  const random = noise(seed);
  return fieldOf(drawn((x, y) => scene(x, y) + (isOnHead(x, y) ? onHead : around) * random()));
};

describe("a sensor's noise", () => {
  it.each([1, 2, 4])('of deviation %d is measured as such on a smooth scene', (sigma) => {
    const level = noiseLevel(noisy(1, sigma)) ?? NaN;
    expect(level).toBeGreaterThan(0.75 * sigma);
    expect(level).toBeLessThan(1.1 * sigma);
  });

  it('is not taken from texture, as long as there are quiet places', () => {
    const random = noise(2);
    const textured = drawn(
      (x, y) => scene(x, y) + (x % 64 < 32 ? 12 * sin(2 * x + 3 * y) : 0) + 2 * random(),
    );
    expect(noiseLevel(fieldOf(textured))).toBeLessThan(2.4);
  });

  it('is missing where no sensor was', () => expect(noiseLevel(noisy(1, 0))).toBeLessThan(0.5));

  it('is the same on a face and around, and is not where a face was put in', () => {
    expect(noiseMismatch(noisy(3, 2))).toBeLessThan(0.1);
    expect(noiseMismatch(noisy(3, 2, 1))).toBeGreaterThan(0.4);
    expect(noiseMismatch(noisy(3, 1, 2))).toBeGreaterThan(0.4);
  });

  it('is another in each frame, and the same in a frame sent twice', () => {
    expect(Math.abs(noiseCorrelation(noisy(4, 2), noisy(5, 2)) ?? NaN)).toBeLessThan(0.05);
    expect(noiseCorrelation(noisy(4, 2), noisy(4, 2))).toBeCloseTo(1, 6);
  });

  it('is unknown where everything is clipped, or frames differ in size', () => {
    const white = fieldOf(drawn(() => 255));
    expect([noiseLevel(white), noiseMismatch(white), noiseCorrelation(white, white)]).toEqual([
      null,
      null,
      null,
    ]);
    const small = fieldOf({ width: 320, height: 240, data: new Uint8Array(320 * 240).fill(100) });
    expect(noiseCorrelation(noisy(1, 2), small)).toBeNull();
  });
});
