import { linearLight } from './sequence.js';

/** How late a picture may show a colour, in frames: slow screens and cameras. */
export const LAGS = [0, 0.5, 1] as const;

/** Explains chroma by shown colours: weighted least squares with one gain for both channels, constant and drift of each taken out. */
export interface Regression {
  /** Share of the screen in the light, ≥ 0 for light that follows the colours. */
  readonly gain: number;
  /** Standard error of the gain by the residuals. */
  readonly se: number;
  /** Weighted correlation, −1 … 1. */
  readonly rho: number;
}

/** Precomputed for one set of frames, so that a thousand other sequences cost little. */
export class FlashRegression {
  private readonly drift: readonly [offset: Float64Array, slope: Float64Array];

  /**
   * @param frames places of the usable frames in the sequence, rising.
   * @param weights per entry of a series (log R/G of each frame, then log B/G): 1/variance, > 0.
   */
  constructor(
    private readonly frames: readonly number[],
    private readonly weights: Float64Array,
  ) {
    const n = frames.length;
    const offset = new Float64Array(2 * n);
    const slope = new Float64Array(2 * n);
    for (const start of [0, n]) {
      const sum = (of: (i: number) => number): number => {
        let total = 0;
        for (let i = start; i < start + n; i++) total += (weights[i] as number) * of(i);
        return total;
      };
      const all = sum(() => 1);
      const middle = sum((i) => frames[i - start] as number) / all;
      const wide = sum((i) => ((frames[i - start] as number) - middle) ** 2);
      for (let i = start; i < start + n; i++) {
        offset[i] = 1 / Math.sqrt(all);
        slope[i] = ((frames[i - start] as number) - middle) / Math.sqrt(wide);
      }
    }
    this.drift = [offset, slope];
  }

  /** A series without its constant and its drift, channel by channel. */
  residual(series: Float64Array): Float64Array {
    const n = this.frames.length;
    const out = Float64Array.from(series);
    for (const basis of this.drift) {
      for (const start of [0, n]) {
        let dot = 0;
        for (let i = start; i < start + n; i++)
          dot += (this.weights[i] as number) * (out[i] as number) * (basis[i] as number);
        for (let i = start; i < start + n; i++) out[i] = (out[i] as number) - dot * (basis[i] as number);
      }
    }
    return out;
  }

  /** What the colours would do to the chroma of what they light at gain 1, seen `lag` frames late; white before the first. */
  expected(colours: readonly string[], lag: number): Float64Array {
    const n = this.frames.length;
    const series = new Float64Array(2 * n);
    this.frames.forEach((frame, i) => {
      const [now, before] = [effect(colours[frame]), effect(colours[frame - 1])];
      series[i] = (1 - lag) * now[0] + lag * before[0];
      series[n + i] = (1 - lag) * now[1] + lag * before[1];
    });
    return this.residual(series);
  }

  /** How well one residual explains another. */
  fit(expected: Float64Array, seen: Float64Array): Regression {
    let [xx, xy, yy] = [0, 0, 0];
    for (let i = 0; i < seen.length; i++) {
      const weight = this.weights[i] as number;
      const [x, y] = [expected[i] as number, seen[i] as number];
      xx += weight * x * x;
      xy += weight * x * y;
      yy += weight * y * y;
    }
    const gain = xy / xx;
    const left = Math.max(0, yy - gain * xy);
    // Four entries went for constant and drift of two channels, one for the gain.
    const se = Math.sqrt(left / (seen.length - 5) / xx);
    return { gain, se, rho: yy > 0 ? xy / Math.sqrt(xx * yy) : 0 };
  }
}

const WHITE = [0, 0] as const;
const EFFECTS = new Map<string, readonly [number, number]>();

/** Red and blue above green, in linear light: the first order of log(R/G) and log(B/G) of a little coloured light on white. */
function effect(colour: string | undefined): readonly [number, number] {
  if (colour === undefined) return WHITE;
  const known = EFFECTS.get(colour);
  if (known) return known;
  const [red, green, blue] = linearLight(colour);
  const made = [red - green, blue - green] as const;
  EFFECTS.set(colour, made);
  return made;
}
