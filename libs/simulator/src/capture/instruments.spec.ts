import { type RgbImage } from '#biometrics';
import { createSubject } from '../head/subject.js';
import { Random } from '../random.js';
import { type Texture } from '../render/texture.js';
import { drawnPortrait } from '../testing/drawn-portrait.js';
import { renderInjection } from './injection.js';
import { renderLive } from './live.js';
import { emitted, type Panel, SUBPIXELS } from './panel.js';
import { printed } from './printed.js';

const picture = (...pixels: readonly (readonly [number, number, number])[]): RgbImage => ({
  width: pixels.length,
  height: 1,
  data: Uint8Array.from(pixels.flat()),
});
const light = (...pixels: readonly (readonly [number, number, number])[]): Texture => ({
  width: pixels.length,
  height: 1,
  data: Float32Array.from(pixels.flat()),
});

describe('a panel', () => {
  const IDEAL: Panel = { gamma: 1, grid: 0, black: 0, whiteness: 0 };

  it('shows a picture as it is, if it is ideal', () => {
    const { width, height, data } = emitted(light([0.5, 0.25, 1], [0, 0, 0]), IDEAL);
    expect([width, height]).toEqual([2 * SUBPIXELS, SUBPIXELS]);
    expect([...data.subarray(0, 3)]).toEqual([0.5, 0.25, 1]);
    expect([...data.subarray(-3)]).toEqual([0, 0, 0]);
  });

  it('has a stripe for each channel, and a dark line below each row', () => {
    const { data } = emitted(light([1, 1, 1]), { ...IDEAL, grid: 0.25 });
    const row = [1, 0.75, 0.75, 0.75, 1, 0.75, 0.75, 0.75, 1];
    expect([...data]).toEqual([...row, ...row, ...row.map((value) => 0.75 * value)]);
  });

  it('has no true black, and primaries that are not pure', () => {
    const { data } = emitted(light([0, 0, 0], [1, 0, 0]), { ...IDEAL, black: 0.01, whiteness: 0.2 });
    expect(data[0]).toBeCloseTo(0.01, 6);
    const red = data.subarray(3 * SUBPIXELS, 3 * SUBPIXELS + 3);
    expect(red[0]).toBeCloseTo(0.01 + 0.99 * (0.8 + 0.2 * 0.2126), 6);
    expect(red[1]).toBeCloseTo(0.01 + 0.99 * 0.2 * 0.2126, 6);
  });
});

it('ink on paper is paler than what was printed, and its black is grey', () => {
  const { data } = printed(picture([200, 100, 100], [0, 0, 0], [128, 128, 128]), {
    contrast: 0.9,
    chroma: 0.8,
  });
  const [red, green] = [data[0] as number, data[1] as number];
  expect(red / green).toBeLessThan(3);
  expect(red).toBeGreaterThan(green);
  expect(data[3]).toBeGreaterThan(0.005);
  expect(data[6]).toBeCloseTo(data[7] as number, 6);
});

it('an injected video has lost most of the noise of the sensor that took it', async () => {
  const { portrait, landmarks } = drawnPortrait();
  const subject = await createSubject(portrait, { landmarks }, 1);
  const options = { challenge: ['turn_left'], seed: 3, frameCount: 2, device: 'webcam' } as const;
  const noiseOf = ({ width, height, data }: RgbImage): number => {
    let sum = 0;
    for (let y = 0; y < height; y++)
      for (let x = 1; x < width; x++)
        sum += Math.abs((data[3 * (y * width + x)] as number) - (data[3 * (y * width + x - 1)] as number));
    return sum / (width * height);
  };
  const [taken] = await renderLive(subject, options, new Random(3, 'injection').fork('video'));
  const [fed] = await renderInjection(subject, options, 'none', new Random(3, 'injection'));
  if (!taken || !fed) throw new Error('no frames');
  expect(fed.truth).toEqual(taken.truth);
  expect(noiseOf(fed.picture)).toBeLessThan(0.7 * noiseOf(taken.picture));
});
