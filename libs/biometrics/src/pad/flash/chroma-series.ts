import { median } from '../statistics.js';

/** How the chroma of one thing changes over the frames: log(R/G) of each, then log(B/G) of each; both about their means. */
export type ChromaSeries = Float64Array;

/**
 * Chroma over the frames of each point that can be read in all of them, each about its own mean, so that neither the colour of
 * skin nor make-up matters, only change.
 * @param samples per frame the linear red, green, blue of each point.
 * @returns `null` for a point that cannot be read somewhere.
 */
export function chromaSeries(samples: readonly Float32Array[]): (ChromaSeries | null)[] {
  const [frames, points] = [samples.length, (samples[0]?.length ?? 0) / 3];
  return Array.from({ length: points }, (_, point) => {
    const series = new Float64Array(2 * frames);
    samples.forEach((sample, frame) => {
      const [red, green, blue] = sample.subarray(3 * point, 3 * point + 3) as unknown as [
        number,
        number,
        number,
      ];
      series[frame] = Math.log(red / green);
      series[frames + frame] = Math.log(blue / green);
    });
    if (!series.every(Number.isFinite)) return null;
    for (const channel of [series.subarray(0, frames), series.subarray(frames)]) {
      const mean = channel.reduce((sum, value) => sum + value, 0) / frames;
      channel.forEach((value, i) => (channel[i] = value - mean));
    }
    return series;
  });
}

export interface Middle {
  /** Median over the points: natural logarithms. */
  readonly value: ChromaSeries;
  /** Variance of that median, from the points' spread (1.4826 MAD). */
  readonly variance: Float64Array;
}

/** The middle of some series of one length, entry by entry, and how well it is known. @throws {RangeError} of none */
export function middleOf(series: readonly ChromaSeries[]): Middle {
  const [first] = series;
  if (!first) throw new RangeError('there is no middle of nothing');
  const variance = new Float64Array(first.length);
  const value = first.map((_, i) => {
    const read = series.map((each) => each[i] as number);
    const middle = median(read) ?? NaN;
    const spread = 1.4826 * (median(read.map((each) => Math.abs(each - middle))) ?? NaN);
    variance[i] = ((Math.PI / 2) * spread * spread) / read.length;
    return middle;
  });
  return { value, variance };
}
