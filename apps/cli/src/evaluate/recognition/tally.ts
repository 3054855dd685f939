import { compareAll, type Gallery } from './gallery.js';
import { CELLS, cellOf, countsFrom } from './score-grid.js';

export interface WorstPair {
  readonly kind: 'mated' | 'non_mated';
  readonly a: string;
  readonly b: string;
  readonly score: number;
}

/** What one pass over all comparisons counts. */
export interface Tally {
  readonly matedPairs: number;
  readonly nonMatedPairs: number;
  /** People with at least two templates, and pairs of people: the units that are independent of each other, unlike their comparisons. */
  readonly matedPeople: number;
  readonly peoplePairs: number;
  /** Scores per cell of the grid. */
  readonly mated: Float64Array;
  readonly nonMated: Float64Array;
  /** For each cell, how many people's lowest mated score lies in it or above, and how many pairs of people's highest score does. */
  readonly peopleFrom: Float64Array;
  readonly peoplePairsFrom: Float64Array;
  /** The lowest mated and the highest non-mated scores. */
  readonly worstPairs: readonly WorstPair[];
}

const WORST = 5;

/** Compares every image with every other one and keeps only counts. */
export function tally(gallery: Gallery): Tally {
  const mated = new Float64Array(CELLS);
  const nonMated = new Float64Array(CELLS);
  const lowest = new Float64Array(CELLS);
  const highest = new Float64Array(CELLS);
  const low = new Extremes(WORST, -1);
  const high = new Extremes(WORST, 1);
  let own = true;
  let extreme = NaN;
  const close = (): void => {
    if (Number.isNaN(extreme)) return;
    const cells = own ? lowest : highest;
    cells[cellOf(extreme)] = (cells[cellOf(extreme)] as number) + 1;
  };
  compareAll(
    gallery,
    (a, b) => {
      close();
      own = a === b;
      extreme = NaN;
    },
    (row, other, score) => {
      const cells = own ? mated : nonMated;
      const cell = cellOf(score);
      cells[cell] = (cells[cell] as number) + 1;
      if (own ? !(score >= extreme) : !(score <= extreme)) extreme = score;
      (own ? low : high).offer(row, other, score);
    },
  );
  close();
  const name = (kind: WorstPair['kind'], { row, other, score }: Pair): WorstPair => ({
    kind,
    a: gallery.paths[row] as string,
    b: gallery.paths[other] as string,
    score,
  });
  const [peopleFrom, peoplePairsFrom] = [countsFrom(lowest), countsFrom(highest)];
  return {
    matedPairs: countsFrom(mated)[0] as number,
    nonMatedPairs: countsFrom(nonMated)[0] as number,
    matedPeople: peopleFrom[0] as number,
    peoplePairs: peoplePairsFrom[0] as number,
    mated,
    nonMated,
    peopleFrom,
    peoplePairsFrom,
    worstPairs: [
      ...low.sorted.map((pair) => name('mated', pair)),
      ...high.sorted.map((pair) => name('non_mated', pair)),
    ],
  };
}

interface Pair {
  readonly row: number;
  readonly other: number;
  readonly score: number;
}

/** The few greatest (`sign` 1) or least (−1) scores of many, the most extreme first. */
class Extremes {
  readonly sorted: Pair[] = [];

  constructor(
    private readonly count: number,
    private readonly sign: 1 | -1,
  ) {}

  offer(row: number, other: number, score: number): void {
    const last = this.sorted[this.count - 1];
    if (last && this.sign * (score - last.score) <= 0) return;
    const at = this.sorted.findIndex((pair) => this.sign * (score - pair.score) > 0);
    this.sorted.splice(at < 0 ? this.sorted.length : at, 0, { row, other, score });
    this.sorted.length = Math.min(this.sorted.length, this.count);
  }
}
