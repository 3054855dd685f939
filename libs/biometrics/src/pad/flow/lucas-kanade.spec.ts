import { type GrayImage } from '../frames.js';
import { findPatch, preparePatch } from './lucas-kanade.js';
import { textureAt } from './texture.js';

const picture = (value: (x: number, y: number) => number): GrayImage => ({
  width: 80,
  height: 60,
  data: Float32Array.from({ length: 80 * 60 }, (_, i) => value(i % 80, Math.floor(i / 80))),
});
const waves = (x: number, y: number): number =>
  120 + 40 * Math.sin(0.5 * x + 0.2 * y) + 30 * Math.cos(0.4 * y - 0.3 * x);
const still = { xx: 1, xy: 0, yx: 0, yy: 1 };
const centre = { x: 40, y: 30 };

describe('following a patch', () => {
  const patch = preparePatch(picture(waves), centre, 8);

  it('finds a shift to a twentieth of a pixel, in other light', () => {
    const moved = picture((x, y) => 20 + 0.6 * waves(x - 1.7, y + 1.2));
    const found = patch && findPatch(patch, moved, { ...centre, ...still }, 6);
    expect(found?.x).toBeCloseTo(41.7, 1);
    expect(found?.y).toBeCloseTo(28.8, 1);
    expect(found?.correlation).toBeGreaterThan(0.99);
  });

  it('finds a patch that is narrower by the predicted amount', () => {
    const narrowed = picture((x, y) => waves(40 + (x - 41) / 0.8, y));
    const start = { x: 40, y: 30, xx: 0.8, xy: 0, yx: 0, yy: 1 };
    expect((patch && findPatch(patch, narrowed, start, 6))?.x).toBeCloseTo(41, 1);
  });

  it('reports no certainty about something else', () => {
    const other = picture((x, y) => 120 + 50 * Math.sin(0.9 * y) * Math.cos(0.21 * x));
    const found = patch && findPatch(patch, other, { ...centre, ...still }, 6);
    expect(found?.correlation ?? 0).toBeLessThan(0.85);
  });

  it('gives up outside the picture and beyond its reach', () => {
    const moved = picture((x, y) => waves(x - 3, y));
    expect(patch && findPatch(patch, moved, { x: 4, y: 30, ...still }, 6)).toBeNull();
    expect(patch && findPatch(patch, moved, { ...centre, ...still }, 1)).toBeNull();
  });

  it('refuses a patch that has texture in one direction only', () => {
    const stripes = picture((x) => 120 + 40 * Math.sin(0.5 * x));
    expect(preparePatch(stripes, centre, 8)).toBeNull();
    expect(textureAt(stripes, centre, 8)).toBeCloseTo(0, 3);
    expect(textureAt(picture(waves), centre, 8)).toBeGreaterThan(10);
    expect(textureAt(picture(waves), { x: 3, y: 3 }, 8)).toBe(0);
  });
});
