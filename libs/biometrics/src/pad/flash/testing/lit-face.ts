import { SKIN_POINTS } from '../../flow/skin-points.js';
import { CELL_COLUMNS, CELL_ROWS } from '../frame-colours.js';
import { SKIN_PLACES } from '../face-relief.js';
import { type ColourFrame } from '../measure-flash.js';
import { linearLight } from '../sequence.js';

/** Reproducible noise about 0, roughly normal. */
function noiseOf(seed: number): () => number {
  let state = seed;
  const uniform = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return () => uniform() + uniform() + uniform() + uniform() - 2;
}

export interface Lighting {
  /** Share of the screen in the light at the middle of the face. */
  readonly gain: number;
  /** Multiplies skin's own colour, adds as glass does, or lights all points alike. */
  readonly surface?: 'skin' | 'glass' | 'flat';
  /** Share of the screen's light on the background, in the face's. */
  readonly background?: number;
  /** 0 … 1 frames. */
  readonly lag?: number;
  readonly noise?: number;
  readonly seed?: number;
  /** Change of the camera's white from first to last frame, as a factor. */
  readonly drift?: number;
}

/** What would be read of a face before a wall, lit by a room and by a screen that shows `colours`. */
export function litFace(colours: readonly string[], lighting: Lighting): ColourFrame[] {
  const { gain, surface = 'skin', background = 0.08, lag = 0, noise = 0.004, seed = 1, drift = 1 } = lighting;
  const random = noiseOf(seed);
  const albedo = SKIN_POINTS.map((_, i) => 0.12 + 0.25 * ((i * 37) % 100) * 0.01);
  return colours.map((colour, index) => {
    const [now, before] = [linearLight(colour), linearLight(colours[index - 1] ?? '#ffffff')];
    const white = [drift ** (index / (colours.length - 1)), 1, 1];
    const seen = (own: number, multiplied: number, added: number): number[] =>
      [0, 1, 2].map((c) => {
        const light = (1 - lag) * (now[c] as number) + lag * (before[c] as number);
        const tone = [1.25, 1, 0.8][c] as number;
        return (
          (own * tone * (1 + multiplied * light) + added * light) *
          (white[c] as number) *
          (1 + noise * random())
        );
      });
    const skin = new Float32Array(3 * SKIN_POINTS.length);
    SKIN_PLACES.forEach(({ isSide, isCentre }, i) => {
      const relief = surface === 'flat' ? 1 : isSide ? 0.5 : isCentre ? 1 : 0.8;
      const own = albedo[i] as number;
      const glass = surface === 'glass';
      skin.set(seen(own, glass ? 0 : gain * relief, glass ? gain * 0.2 : 0), 3 * i);
    });
    const cells = new Float32Array(3 * CELL_COLUMNS * CELL_ROWS).fill(NaN);
    for (let i = 0; i < 80; i++) cells.set(seen(0.3 + (i % 7) * 0.05, background * gain, 0), 3 * i);
    return { index, sample: { skin, cells } };
  });
}
