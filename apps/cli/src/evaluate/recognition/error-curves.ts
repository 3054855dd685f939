import { rateOf } from '../rate.js';
import { bootstrap, crossing, type Replicates } from './bootstrap.js';
import type { Gallery } from './gallery.js';
import { CELLS, cellOf, countsFrom, thresholdOf } from './score-grid.js';
import { tally, type Tally } from './tally.js';

/** A rate of comparisons with its two-sided 95 % bounds. */
export interface BoundedRate {
  readonly rate: number;
  readonly lower: number;
  readonly upper: number;
}

/** Both error rates at one threshold. */
export interface OperatingPoint {
  readonly threshold: number;
  readonly fmr: BoundedRate;
  readonly fnmr: BoundedRate;
}

export interface CurveOptions {
  readonly replicates: number;
  readonly seed: number;
}

const TAIL = 0.025;
/** Up to this many non-mated pairs everything is replicated; of more, only what lies above this false match rate. */
const MANY_PAIRS = 1_000_000;
const REPLICATED_FMR = 0.15;

/** False match and false non-match rate as functions of the threshold (ISO/IEC 19795-1), with bounds that know that people differ. */
export class ErrorCurves {
  readonly tally: Tally;
  private readonly matches: Float64Array;
  private readonly genuine: Float64Array;
  private readonly replicates: Replicates;
  private readonly floor: number;
  private readonly fmrUppers = new Float64Array(CELLS);
  private readonly fnmrUppers = new Float64Array(CELLS);

  constructor(gallery: Gallery, options: CurveOptions) {
    this.tally = tally(gallery);
    this.matches = countsFrom(this.tally.nonMated);
    this.genuine = countsFrom(this.tally.mated);
    this.floor = this.tally.nonMatedPairs > MANY_PAIRS ? this.cellOfFmr(REPLICATED_FMR) : 0;
    this.replicates = bootstrap(gallery, { ...options, floor: this.floor });
    this.bound();
  }

  /** Null without pairs of both kinds. */
  get eer(): BoundedRate | null {
    const { matedPairs, nonMatedPairs } = this.tally;
    if (matedPairs === 0 || nonMatedPairs === 0) return null;
    const rates = this.replicates.eer();
    return {
      rate: crossing(
        (cell) => this.fmr(cell),
        (cell) => this.fnmr(cell),
      ),
      lower: quantileOf(rates, TAIL),
      upper: quantileOf(rates, 1 - TAIL),
    };
  }

  /** The least threshold whose false match rate is at most `fmr`. */
  thresholdAtFmr(fmr: number): number {
    return thresholdOf(this.cellOfFmr(fmr));
  }

  /** The least threshold at which the false match rate's *upper* bound is at most `fmr`; null when none reaches it. */
  thresholdAtFmrUpper(fmr: number): number | null {
    const cell = this.fmrUppers.findIndex((upper) => upper <= fmr);
    return cell < 0 || this.tally.nonMatedPairs === 0 ? null : thresholdOf(cell);
  }

  /** @param threshold on the grid of thousandths */
  at(threshold: number): OperatingPoint {
    const cell = cellOf(threshold);
    return {
      threshold: thresholdOf(cell),
      fmr: {
        rate: this.fmr(cell),
        lower: quantileOf(this.replicates.fmr(cell), TAIL),
        upper: this.fmrUppers[cell] as number,
      },
      fnmr: {
        rate: this.fnmr(cell),
        lower: quantileOf(this.replicates.fnmr(cell), TAIL),
        upper: this.fnmrUppers[cell] as number,
      },
    };
  }

  private fmr(cell: number): number {
    return (this.matches[cell] as number) / this.tally.nonMatedPairs;
  }

  private fnmr(cell: number): number {
    return 1 - (this.genuine[cell] as number) / this.tally.matedPairs;
  }

  private cellOfFmr(fmr: number): number {
    const cell = this.matches.findIndex((count) => count <= fmr * this.tally.nonMatedPairs);
    return Math.min(cell, CELLS - 1);
  }

  /** Upper bounds of a rate that falls may not rise: what holds at a laxer threshold holds at a stricter one. */
  private bound(): void {
    const { peopleFrom, peoplePairsFrom, peoplePairs, matedPeople } = this.tally;
    let least = 1;
    this.fmrUppers.fill(1, 0, this.floor);
    for (let cell = this.floor; cell < CELLS; cell++) {
      const matching = peoplePairsFrom[cell] as number;
      const resampled = quantileOf(this.replicates.fmr(cell), 1 - TAIL);
      least = Math.min(least, upperBound(this.fmr(cell), resampled, matching, peoplePairs));
      this.fmrUppers[cell] = least;
    }
    least = 1;
    for (let cell = CELLS - 1; cell >= 0; cell--) {
      const missed = matedPeople - (peopleFrom[cell] as number);
      const resampled = quantileOf(this.replicates.fnmr(cell), 1 - TAIL);
      least = Math.min(least, upperBound(this.fnmr(cell), resampled, missed, matedPeople));
      this.fnmrUppers[cell] = least;
    }
  }
}

/**
 * Resampling cannot show what never or hardly ever happened, so the bound is at least the rate times what Wilson's interval allows
 * beyond the number of units (people, or pairs of people) that showed an error; with none, that interval itself (a rule of three).
 */
function upperBound(rate: number, resampled: number, affected: number, units: number): number {
  if (units === 0) return 1;
  const { rate: share, upper } = rateOf(affected, units);
  return Math.min(1, affected === 0 ? upper : Math.max(resampled, rate * (upper / share)));
}

/** @param rising sorted values; 0 without any, the bound that claims least */
function quantileOf(rising: Float64Array, q: number): number {
  return rising[Math.min(rising.length - 1, Math.floor(q * rising.length))] ?? 0;
}
