import { linearLight } from '../flash/sequence.js';
import { measureGamut } from './gamut.js';
import { faceInMiddle, HEIGHT, isOnHead, WIDTH } from './testing/drawn.js';

type Rgb = [red: number, green: number, blue: number];
const { floor, round } = Math;
const landmarks = faceInMiddle();

/** Walls of many colours and a face of several skin tones, in linear light, the darkest of them nearly black. */
function light(x: number, y: number): Rgb {
  const [i, j] = [floor(x / 40), floor(y / 40)];
  if (isOnHead(x, y)) return [0.4 + 0.02 * (i % 3), 0.26, 0.2 + 0.02 * (j % 3)];
  if ((i + j) % 7 === 0) return [0.004, 0.004, 0.004];
  return [0.2 + 0.08 * (i % 4), 0.3, 0.15 + 0.1 * (j % 4)];
}

const encoded = (linear: number): number => {
  const v = linear < 0 ? 0 : linear > 1 ? 1 : linear;
  return round(255 * (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055));
};

function measure(change: (rgb: Rgb) => Rgb = (rgb) => rgb) {
  const data = new Uint8Array(3 * WIDTH * HEIGHT);
  for (let y = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++) data.set(change(light(x, y)).map(encoded), 3 * (y * WIDTH + x));
  const { colourSpread, skinSpread, blackLevel } = measureGamut(
    { width: WIDTH, height: HEIGHT, data },
    landmarks,
  );
  return { colourSpread: colourSpread ?? NaN, skinSpread: skinSpread ?? NaN, blackLevel: blackLevel ?? NaN };
}

/** A share of grey in each colour, as primaries that are not pure make. */
const paler = ([r, g, b]: Rgb): Rgb => {
  const grey = (r + g + b) / 3;
  return [0.6 * r + 0.4 * grey, 0.6 * g + 0.4 * grey, 0.6 * b + 0.4 * grey];
};

describe('measureGamut', () => {
  const true_ = measure();

  it('measures what was drawn', () => {
    const [dark, bright] = [linearLight('#0d0d0d')[0], 0.36];
    expect(true_.blackLevel).toBeCloseTo(Math.log(dark / bright), 0);
    expect(true_.colourSpread).toBeCloseTo(Math.log(0.44 / 0.2) + Math.log(0.45 / 0.15), 0);
    expect(true_.skinSpread).toBeCloseTo(Math.log(0.44 / 0.4) + Math.log(0.24 / 0.2), 1);
  });

  it('sees fewer colours where primaries are pale', () => {
    const copy = measure(paler);
    expect(copy.colourSpread).toBeLessThan(0.75 * true_.colourSpread);
    expect(copy.skinSpread).toBeLessThan(0.8 * true_.skinSpread);
  });

  it('sees a black that is not black', () => {
    const veiled = measure((rgb) => rgb.map((value) => 0.02 + value) as Rgb);
    expect(veiled.blackLevel).toBeGreaterThan(true_.blackLevel + 1);
  });

  it.each([
    ['exposure', 0.6, 1, 1],
    ['white balance', 1, 0.85, 1.15],
  ])('does not depend on %s', (_, exposure, red, blue) => {
    const other = measure(([r, g, b]) => [exposure * red * r, exposure * g, exposure * blue * b]);
    expect(Math.abs(other.colourSpread - true_.colourSpread)).toBeLessThan(0.08 * true_.colourSpread);
    expect(Math.abs(other.blackLevel - true_.blackLevel)).toBeLessThan(0.25);
  });

  it('has no spread where nothing can be read', () => {
    expect(measure(() => [0, 0, 0])).toEqual({ colourSpread: NaN, skinSpread: NaN, blackLevel: 0 });
  });
});
