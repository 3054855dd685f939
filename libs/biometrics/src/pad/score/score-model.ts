/** One measured number's part in the score. */
export interface ScoreTerm {
  readonly feature: string;
  /** Log-odds for each unit of the standardised value: ≥ 0, so that more of what speaks for a live person never lowers the score. */
  readonly weight: number;
  /** The value that speaks neither way. */
  readonly centre: number;
  /** How much of it is one unit: > 0. */
  readonly scale: number;
}

/** A logistic model of the chance that a capture is bona fide, where as many captures are attacks. Made by `calibrate:pad`. */
export interface ScoreModel {
  /** Log-odds where every value lies at its centre. */
  readonly bias: number;
  readonly terms: readonly ScoreTerm[];
  /** Terms of risk cues, which are bounded together. */
  readonly cues: readonly ScoreTerm[];
  /** Most that all cues together may add or take: log-odds ≥ 0. */
  readonly cueBound: number;
}

/** Beyond so many units a value says no more: one signal, however extreme, does not outvote all others. */
export const MOST_UNITS = 3;
