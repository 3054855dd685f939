import { measureMoire } from './moire.js';
import { drawn, faceInMiddle, isOnHead, noise } from './testing/drawn.js';

const { cos, PI } = Math;
const landmarks = faceInMiddle();
/** Something dark in front of something bright, a slope, and a sensor's noise. */
const scene = (x: number, y: number): number => (x > 90 && y > 60 ? 90 : 160) + 0.05 * x;
const measure = (pattern: (x: number, y: number) => number): number => {
  const random = noise(5);
  return (
    measureMoire({ gray: drawn((x, y) => scene(x, y) + pattern(x, y) + 2 * random()), landmarks }) ?? NaN
  );
};
const wave = (x: number, period: number, amplitude = 3): number => amplitude * cos((2 * PI * x) / period);

describe('measureMoire', () => {
  const plain = measure(() => 0);

  it('finds nothing in a scene with edges', () => expect(plain).toBeLessThan(9));

  it.each([
    ['along the rows', (x: number) => wave(x, 9.3)],
    ['along the columns', (_: number, y: number) => wave(y, 7.1)],
    ['aslant', (x: number, y: number) => wave(0.9 * x + 0.44 * y, 4.7)],
    ['aslant the other way', (x: number, y: number) => wave(0.8 * x - 0.6 * y, 11)],
  ])('finds a grid %s on everything', (_, pattern) => {
    expect(measure(pattern)).toBeGreaterThan(plain + 6);
  });

  it('rises with the contrast of the grid', () => {
    const at = (amplitude: number) => measure((x) => wave(x, 9.3, amplitude));
    expect(at(4)).toBeGreaterThan(at(1) + 6);
  });

  it.each([
    ['stripes on the wall', (x: number, y: number) => (isOnHead(x, y) ? 0 : wave(x, 9.3, 12))],
    ['stripes on the face', (x: number, y: number) => (isOnHead(x, y) ? wave(x, 9.3, 12) : 0)],
    ['the blocks of JPEG', (x: number, y: number) => (x % 8 === 0 ? 3 : 0) + (y % 8 === 0 ? 3 : 0)],
  ])('does not take %s for a grid', (_, pattern) => expect(measure(pattern)).toBeLessThan(9));

  it('is null without surroundings, or with a face too small to have a spectrum', () => {
    const gray = drawn(scene);
    expect(measureMoire({ gray, landmarks: faceInMiddle(5) })).toBeNull();
    expect(measureMoire({ gray, landmarks: faceInMiddle(0.3) })).toBeNull();
    const small = { width: 100, height: 100, data: new Uint8Array(10_000) };
    expect(measureMoire({ gray: small, landmarks })).toBeNull();
  });
});
