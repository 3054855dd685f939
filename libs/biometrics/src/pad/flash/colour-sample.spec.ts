import { canonicalFace } from '../../geometry/canonical-face.js';
import { SKIN_POINTS } from '../flow/skin-points.js';
import { sampleColours } from './colour-sample.js';
import { CELL_COLUMNS } from './frame-colours.js';
import { linearLight } from './sequence.js';

const [WIDTH, HEIGHT] = [320, 240];
const [WALL, SKIN] = ['#406080', '#c09878'] as const;

/** A face-shaped patch before a wall, and the landmarks of a face there. */
function picture(skin: string = SKIN) {
  const data = new Uint8Array(WIDTH * HEIGHT * 3);
  const channels = (colour: string) => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  for (let y = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++)
      data.set(channels(Math.abs(x - 160) < 65 && Math.abs(y - 120) < 75 ? skin : WALL), 3 * (y * WIDTH + x));
  const landmarks = canonicalFace().map((value, i) => 0.7 * value + ([160, 95, 0][i % 3] as number));
  return { image: { width: WIDTH, height: HEIGHT, data }, landmarks };
}
const first = (values: Float32Array): number[] => [...values.subarray(0, 3)];

describe('sampleColours', () => {
  it('reads skin and wall in linear light', () => {
    const { image, landmarks } = picture();
    const { skin, cells } = sampleColours(image, landmarks);
    expect(skin).toHaveLength(3 * SKIN_POINTS.length);
    linearLight(SKIN).forEach((value, c) => expect(first(skin)[c]).toBeCloseTo(value, 5));
    linearLight(WALL).forEach((value, c) => expect(first(cells)[c]).toBeCloseTo(value, 5));
  });

  it('takes neither head nor body for what is behind', () => {
    const { image, landmarks } = picture();
    const { cells } = sampleColours(image, landmarks);
    const at = (column: number, row: number) => cells[3 * (row * CELL_COLUMNS + column)];
    expect(at(8, 6)).toBeNaN();
    expect(at(0, 11)).toBeNaN();
    expect(at(0, 0)).toBeGreaterThan(0);
  });

  it.each(['#ff9878', '#c09803', '#000000'])('does not read clipped or dark pixels: %s', (skin) => {
    const { image, landmarks } = picture(skin);
    expect(first(sampleColours(image, landmarks).skin)).toEqual([NaN, NaN, NaN]);
  });

  it('reads nothing outside the picture', () => {
    const { image, landmarks } = picture();
    const outside = landmarks.map((value, i) => (i % 3 === 0 ? value + 500 : value));
    expect(sampleColours(image, outside).skin.every(Number.isNaN)).toBe(true);
  });
});
