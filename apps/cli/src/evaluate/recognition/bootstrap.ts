import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { compareAll, type Gallery, sizesOf } from './gallery.js';
import { CELLS, cellOf } from './score-grid.js';

/** Error rates as they come out when other people had been drawn: one value per replicate. */
export interface Replicates {
  /** False match rates at the threshold of a cell, rising; empty below `floor`. */
  fmr(cell: number): Float64Array;
  /** False non-match rates at the threshold of a cell, rising. */
  fnmr(cell: number): Float64Array;
  /** Equal error rates, rising. */
  eer(): Float64Array;
}

export interface BootstrapOptions {
  readonly replicates: number;
  readonly seed: number;
  /** Non-mated scores below this cell are only counted: with many pairs they are most of the work and never near a threshold. */
  readonly floor: number;
}

/**
 * Bootstrap over people (Efron 1979; for comparisons, where each person is in many pairs, as in Bolle et al. 2004): each replicate
 * draws as many people as there are, with repetition, and a comparison counts as often as both its people were drawn. A person drawn
 * twice is not compared with their copy. Memory depends on people and replicates, not on pairs.
 */
export function bootstrap(gallery: Gallery, { replicates, seed, floor }: BootstrapOptions): Replicates {
  const draws = drawPeople(gallery.people, replicates, seed);
  const mated = new Float64Array(CELLS * replicates);
  const nonMated = new Float64Array(CELLS * replicates);
  const weights = new Float64Array(replicates);
  let own = true;
  compareAll(
    gallery,
    (a, b) => {
      own = a === b;
      const [first, second] = [a * replicates, b * replicates];
      for (let k = 0; k < replicates; k++)
        weights[k] = own
          ? (draws[first + k] as number)
          : (draws[first + k] as number) * (draws[second + k] as number);
    },
    (_row, _other, score) => {
      const cell = cellOf(score);
      if (!own && cell < floor) return;
      const counts = own ? mated : nonMated;
      for (let k = 0, at = cell * replicates; k < replicates; k++, at++)
        counts[at] = (counts[at] as number) + (weights[k] as number);
    },
  );
  accumulateFromAbove(mated, replicates);
  accumulateFromAbove(nonMated, replicates);
  const { matedPairs, nonMatedPairs } = pairsDrawn(gallery, draws, replicates);
  const fmr = (cell: number, k: number): number =>
    (nonMated[cell * replicates + k] as number) / (nonMatedPairs[k] as number);
  const fnmr = (cell: number, k: number): number =>
    1 - (mated[cell * replicates + k] as number) / (matedPairs[k] as number);
  const rising = (valueOf: (k: number) => number): Float64Array =>
    Float64Array.from({ length: replicates }, (_, k) => valueOf(k))
      .filter((value) => Number.isFinite(value))
      .sort();
  return {
    fmr: (cell) => (cell < floor ? new Float64Array(0) : rising((k) => fmr(cell, k))),
    fnmr: (cell) => rising((k) => fnmr(cell, k)),
    eer: () =>
      rising((k) =>
        crossing(
          (cell) => fmr(cell, k),
          (cell) => fnmr(cell, k),
          floor,
        ),
      ),
  };
}

/** Where falling false matches and rising false non-matches meet: the mean of the two rates at the nearest threshold. */
export function crossing(fmr: (cell: number) => number, fnmr: (cell: number) => number, floor = 0): number {
  let [low, high] = [floor, CELLS - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (fmr(middle) > fnmr(middle)) low = middle;
    else high = middle;
  }
  const at = Math.abs(fmr(low) - fnmr(low)) < Math.abs(fmr(high) - fnmr(high)) ? low : high;
  return (fmr(at) + fnmr(at)) / 2;
}

/** How often each person (row) was drawn in each replicate (column). */
function drawPeople(people: number, replicates: number, seed: number): Float64Array {
  const draws = new Float64Array(people * replicates);
  const generator = xoroshiro128plus(seed);
  for (let k = 0; k < replicates; k++) {
    for (let n = 0; n < people; n++) {
      const at = uniformInt(generator, 0, people - 1) * replicates + k;
      draws[at] = (draws[at] as number) + 1;
    }
  }
  return draws;
}

function accumulateFromAbove(counts: Float64Array, replicates: number): void {
  for (let at = (CELLS - 1) * replicates - 1; at >= 0; at--)
    counts[at] = (counts[at] as number) + (counts[at + replicates] as number);
}

function pairsDrawn(
  gallery: Gallery,
  draws: Float64Array,
  replicates: number,
): { matedPairs: Float64Array; nonMatedPairs: Float64Array } {
  const [matedPairs, nonMatedPairs] = [new Float64Array(replicates), new Float64Array(replicates)];
  const sizes = sizesOf(gallery);
  for (let k = 0; k < replicates; k++) {
    let [sum, squares, mated] = [0, 0, 0];
    sizes.forEach((size, person) => {
      const drawn = draws[person * replicates + k] as number;
      sum += drawn * size;
      squares += (drawn * size) ** 2;
      mated += (drawn * size * (size - 1)) / 2;
    });
    matedPairs[k] = mated;
    // Σ over pairs of different people, from (Σ)² = Σ of squares + twice that.
    nonMatedPairs[k] = (sum * sum - squares) / 2;
  }
  return { matedPairs, nonMatedPairs };
}
