/**
 * What is unusual about a capture's pictures without being evidence: cameras, codecs and rooms differ more than attacks do, so that
 * no cue ever decides alone. `null`: could not be measured, which never helps.
 */
export interface RiskCues {
  /** Height of the highest spectral peak that face and surroundings share: decibels, above about 0. **High** speaks for a screen's pixels. */
  readonly moire: number | null;
  /** How far colours spread over the picture: natural logarithm, ≥ 0. **Low** speaks for the smaller gamut of a screen or inks. */
  readonly colourSpread: number | null;
  /** The same on the face alone. **Low** speaks for a copy. */
  readonly skinSpread: number | null;
  /** Light of the darkest places over that of the brightest: natural logarithm, ≤ 0. **High** speaks for a screen's or paper's grey black. */
  readonly blackLevel: number | null;
  /** Noise of the surroundings: grey levels, ≥ 0. **Low** speaks for pictures that no sensor made. */
  readonly noise: number | null;
  /** How much the face's noise differs from that of equally bright surroundings: natural logarithm, ≥ 0. **High** speaks for a face put in. */
  readonly noiseMismatch: number | null;
  /** Correlation of two frames' noise at one place: −1 … 1. **High** speaks for one picture sent again. */
  readonly noiseRepeat: number | null;
}

/** Those that need a picture with colours, of one frame. */
export type GamutCues = Pick<RiskCues, 'colourSpread' | 'skinSpread' | 'blackLevel'>;
