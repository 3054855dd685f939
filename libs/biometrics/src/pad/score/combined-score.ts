import { type LivenessSignals } from '../signals.js';
import { type Feature } from './features.js';
import { MOST_UNITS, type ScoreModel, type ScoreTerm } from './score-model.js';

/** What a score can be, given what was not measured; both ends are the same where everything was. */
export interface ScoreRange {
  /** With all that is missing at its worst: what is established. 0 … 1. */
  readonly least: number;
  /** With all that is missing at its best: what cannot be excluded. 0 … 1. */
  readonly most: number;
}

/**
 * The chance that a capture is bona fide, as far as its signals tell, where as many captures are attacks: a sum of bounded evidence,
 * one term a signal (logistic regression with weights ≥ 0). Missing values widen the range downwards and upwards, so that they neither
 * help nor accuse. Risk cues are bounded as a whole: alone they turn no verdict.
 * @param features readers by the names that the model's terms have
 * @throws {RangeError} when the model names a feature that there is none of
 */
export function combinedScore(
  signals: LivenessSignals,
  model: ScoreModel,
  features: Readonly<Record<string, Feature>>,
): ScoreRange {
  const evidence = (terms: readonly ScoreTerm[]): Evidence =>
    terms.reduce<Evidence>(
      (sum, term) => {
        const read = features[term.feature];
        if (!read) throw new RangeError(`there is no signal named ${term.feature}`);
        const value = read(signals);
        const [low, high] =
          value === null ? [-MOST_UNITS, MOST_UNITS] : [unitsOf(value, term), unitsOf(value, term)];
        return { least: sum.least + term.weight * low, most: sum.most + term.weight * high };
      },
      { least: 0, most: 0 },
    );
  const [main, cues] = [evidence(model.terms), evidence(model.cues)];
  const within = (value: number): number => Math.min(model.cueBound, Math.max(-model.cueBound, value));
  return {
    least: chance(model.bias + main.least + within(cues.least)),
    most: chance(model.bias + main.most + within(cues.most)),
  };
}

interface Evidence {
  readonly least: number;
  readonly most: number;
}

/** A value in units of its term, within ±{@link MOST_UNITS}. */
export function unitsOf(value: number, { centre, scale }: Pick<ScoreTerm, 'centre' | 'scale'>): number {
  return Math.min(MOST_UNITS, Math.max(-MOST_UNITS, (value - centre) / scale));
}

const chance = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds));
