import { randomInt } from 'node:crypto';
import {
  drawFlash,
  FLASH_FRAME_MS,
  FLASH_FRAMES,
  FLASH_PALETTE,
  type FlashColour,
  linearLight,
} from './sequence.js';

const draw = (): FlashColour[] => drawFlash(FLASH_FRAMES, randomInt);

/** Relative luminance (WCAG 2.2), 0 … 1. */
const luminance = (colour: string): number => {
  const [red, green, blue] = linearLight(colour);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

/** Pairs of opposing changes of luminance by a tenth of the maximum or more, the darker state below 0.8 (WCAG 2.2, general flash). */
function flashesIn(colours: readonly string[]): number {
  const directions = colours.slice(1).flatMap((colour, i) => {
    const [from, to] = [luminance(colours[i] as string), luminance(colour)];
    return Math.abs(to - from) >= 0.1 && Math.min(from, to) < 0.8 ? [Math.sign(to - from)] : [];
  });
  const turns = directions.filter((direction, i) => i > 0 && direction !== directions[i - 1]).length;
  return (turns + (directions.length > 0 ? 1 : 0)) / 2;
}

describe('the flash sequence', () => {
  it('never shows a colour twice in a row, and every colour at every place', () => {
    const seen = Array.from({ length: FLASH_FRAMES }, () => new Set<string>());
    for (let i = 0; i < 600; i++) {
      const colours = draw();
      expect(colours).toHaveLength(FLASH_FRAMES);
      colours.forEach((colour, place) => {
        seen[place]?.add(colour);
        expect(colour).not.toBe(colours[place - 1]);
      });
    }
    for (const colours of seen) expect([...colours].sort()).toEqual([...FLASH_PALETTE].sort());
  });

  it('offers each neighbour with the same chance', () => {
    const counts = new Map<string, number>();
    for (let i = 0; i < 3_000; i++)
      draw().forEach((colour, place, all) => {
        if (place > 0)
          counts.set(`${all[place - 1]} ${colour}`, (counts.get(`${all[place - 1]} ${colour}`) ?? 0) + 1);
      });
    const [expected, pairs] = [27_000 / 30, [...counts.values()]];
    expect(pairs).toHaveLength(30);
    // Six standard deviations: about one false alarm in 10⁷ runs.
    for (const count of pairs) expect(Math.abs(count - expected)).toBeLessThan(6 * Math.sqrt(expected));
  });

  it('takes its randomness from nowhere else', () => {
    expect(drawFlash(3, () => 0)).toEqual(['#ff7070', '#50ff50', '#ff7070']);
  });
});

describe('WCAG 2.3.1: no more than three flashes in any second', () => {
  it('holds for the most violent sequence of the palette, by the count of changes alone', () => {
    const changesPerSecond = Math.floor(1_000 / FLASH_FRAME_MS) + 1;
    expect(changesPerSecond / 2).toBeLessThan(3);
    expect(1_000 / FLASH_FRAME_MS / 2).toBe(1.25);
  });

  it('holds for drawn sequences, starting from white, in every window of a second', () => {
    const window = Math.ceil(1_000 / FLASH_FRAME_MS) + 1;
    for (let i = 0; i < 300; i++) {
      const shown = ['#ffffff', ...draw()];
      for (let at = 0; at + window <= shown.length; at++)
        expect(flashesIn(shown.slice(at, at + window))).toBeLessThanOrEqual(1.5);
    }
  });

  it('holds for red: no colour is a saturated red (R ≥ 0.8 of R + G + B)', () => {
    for (const colour of FLASH_PALETTE) {
      const [red, green, blue] = linearLight(colour);
      expect(red / (red + green + blue)).toBeLessThan(0.8);
    }
  });
});
