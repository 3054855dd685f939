import { type Feature, MOST_UNITS, type ScoreModel, type ScoreTerm, unitsOf } from '#biometrics';
import type { PadSample } from '../pad-samples.js';
import { quantile } from '../rate.js';
import { fitLogistic, type Observation } from './fit-logistic.js';

type Features = Readonly<Record<string, Feature>>;
type Sight = readonly (number | null)[];

export interface ScoreData {
  readonly bonaFide: readonly PadSample[];
  /** Species that the main signals can tell. */
  readonly attacks: readonly PadSample[];
  /** Species that the cues are for. */
  readonly cueAttacks: readonly PadSample[];
}

/**
 * Fits a score: first the main terms, on the species they can tell; then the cues on what those leave open, bounded so that half of what
 * a typical live capture is above even odds stays out of their reach. Every species counts the same, and all of them as much as the
 * bona fide captures.
 */
export function fitScore(data: ScoreData, features: Features, cues: Features): ScoreModel {
  const main = fitTerms(data.bonaFide, data.attacks, features);
  const model: ScoreModel = { ...main, cues: [], cueBound: 0 };
  if (Object.keys(cues).length === 0 || data.cueAttacks.length === 0) return model;
  const oddsOf = (sample: PadSample): number => logOdds(sample, model, features);
  const fitted = fitTerms(data.bonaFide, data.cueAttacks, cues, oddsOf);
  const typical = quantile(data.bonaFide.map(oddsOf), 0.5) ?? 0;
  return { ...model, cues: fitted.terms, cueBound: rounded(Math.max(0, typical) / 2) };
}

/**
 * The lowest log-odds to which one signal at its worst and all cues can bring a capture whose others are typical. A line below it refuses only what
 * several signals speak against: a single one has a gate of its own.
 */
export function oneSignalAtItsWorst(
  bonaFide: readonly PadSample[],
  model: ScoreModel,
  features: Features,
): number {
  const typical = quantile(
    bonaFide.map((sample) => logOdds(sample, model, features)),
    0.5,
  );
  const swings = model.terms.map((term) => {
    const values = bonaFide.flatMap(({ signals }) =>
      signals ? (features[term.feature]?.(signals) ?? []) : [],
    );
    const own = quantile(values, 0.5);
    return term.weight * ((own === null ? 0 : unitsOf(own, term)) + MOST_UNITS);
  });
  return (typical ?? 0) - Math.max(0, ...swings) - model.cueBound;
}

export const chanceOf = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds));

/** Log-odds by the main terms, with what was not measured at its centre. */
export function logOdds({ signals }: PadSample, { bias, terms }: ScoreModel, features: Features): number {
  return terms.reduce((sum, term) => {
    const value = signals && (features[term.feature]?.(signals) ?? null);
    return sum + (value === null ? 0 : term.weight * unitsOf(value, term));
  }, bias);
}

function fitTerms(
  bonaFide: readonly PadSample[],
  attacks: readonly PadSample[],
  features: Features,
  offsetOf?: (sample: PadSample) => number,
): { bias: number; terms: ScoreTerm[] } {
  const names = Object.keys(features);
  const samples = [...bonaFide, ...attacks].filter(({ signals }) => signals !== null);
  const perSpecies = new Map<string | null, number>();
  for (const { species } of samples) perSpecies.set(species, (perSpecies.get(species) ?? 0) + 1);
  const countOf = ({ label, species }: PadSample): number =>
    (label === 'bona_fide' ? 1 : 1 / (perSpecies.size - 1)) / (perSpecies.get(species) ?? 1);
  const sights: Sight[] = samples.map(({ signals }) =>
    names.map((name) => (signals && features[name]?.(signals)) ?? null),
  );
  const units = names.map((_, column) => unitOf(samples, sights, column, countOf));
  const observations = samples.map((sample, row): Observation => ({
    values: units.map((unit, column) => {
      const value = sights[row]?.[column] ?? null;
      return value === null ? 0 : unitsOf(value, unit);
    }),
    positive: sample.label === 'bona_fide',
    count: countOf(sample),
    ...(offsetOf && { offset: offsetOf(sample) }),
  }));
  const { bias, weights } = fitLogistic(observations, !offsetOf);
  return {
    bias: rounded(bias),
    terms: names
      .map((feature, column) => ({
        feature,
        weight: rounded(weights[column] ?? 0),
        ...(units[column] as { centre: number; scale: number }),
      }))
      .filter(({ weight }) => weight > 0),
  };
}

/** Mean and standard deviation of what was measured; a value that never varies is one unit from anything else. */
function unitOf(
  samples: readonly PadSample[],
  sights: readonly Sight[],
  column: number,
  countOf: (sample: PadSample) => number,
): { centre: number; scale: number } {
  let [total, sum, squares] = [0, 0, 0];
  samples.forEach((sample, row) => {
    const value = sights[row]?.[column] ?? null;
    if (value === null) return;
    const count = countOf(sample);
    total += count;
    sum += count * value;
    squares += count * value * value;
  });
  const centre = total > 0 ? sum / total : 0;
  const scale = total > 0 ? Math.sqrt(Math.max(0, squares / total - centre * centre)) : 0;
  return { centre: rounded(centre), scale: rounded(scale) || 1 / MOST_UNITS };
}

const rounded = (value: number): number => Number(value.toPrecision(4));
