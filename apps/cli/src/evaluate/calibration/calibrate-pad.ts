import {
  CHALLENGE_FEATURES,
  type Feature,
  FLASH_FEATURES,
  type PadThresholds,
  type ScoreModel,
} from '#biometrics';
import type { PadSample } from '../pad-report.js';
import { chooseThreshold } from './choose-threshold.js';
import { fitScore, logOdds } from './fit-score.js';
import { CUE_SPECIES, FLASH_SCORED_SPECIES, SCORED_SPECIES, THRESHOLD_RULES } from './threshold-rules.js';

/** How a line chosen on some people does on the others. */
export interface ThresholdFinding {
  readonly threshold: keyof PadThresholds;
  /** Chosen on all people; null where there were no values on both sides. */
  readonly value: number | null;
  /** Chosen without one group of people each. */
  readonly byFold: readonly number[];
  readonly species: readonly string[];
  /** Bona fide values of people who had no say that fall below the line: count of all. */
  readonly refused: readonly [count: number, of: number];
  /** Attack values of such people that reach it. */
  readonly passed: readonly [count: number, of: number];
}

export interface PadCalibration {
  readonly thresholds: readonly ThresholdFinding[];
  readonly challenge: ScoreModel;
  /** Null where no capture had a flash. */
  readonly flash: ScoreModel | null;
}

/** Groups of people; each is left out once. */
const FOLDS = 6;

/**
 * Chooses every threshold and fits both scores by cross-validation over people: what is reported of a line was measured on people who had
 * no say in it, what is used was chosen on all.
 * @param cues readers of the risk cues
 * @throws RangeError with fewer people than folds
 */
export function calibratePad(
  samples: readonly PadSample[],
  cues: Readonly<Record<string, Feature>>,
): PadCalibration {
  const people = [...new Set(samples.map(({ source }) => source))].sort();
  if (people.length < FOLDS) throw new RangeError(`captures of at least ${FOLDS} people are needed`);
  const folds = Array.from(
    { length: FOLDS },
    (_, fold) => new Set(people.filter((_p, i) => i % FOLDS === fold)),
  );
  const scoreOf = (kind: ScoreKind) => scoreRule(kind, samples, folds, cues);
  const challenge = scoreOf('challenge');
  const flash = samples.some((sample) => sample.flash) ? scoreOf('flash') : null;
  const rules = [
    ...THRESHOLD_RULES.map(({ threshold, species, read, toThreshold }) => ({
      threshold,
      species,
      toThreshold,
      values: samples.flatMap((sample): Value[] => {
        const value = read(sample);
        return value === null ? [] : [{ sample, value }];
      }),
    })),
    challenge.rule,
    ...(flash ? [flash.rule] : []),
  ];
  return {
    thresholds: rules.map((rule) => findingOf(rule, folds)),
    challenge: challenge.model,
    flash: flash?.model ?? null,
  };
}

interface Value {
  readonly sample: PadSample;
  readonly value: number;
}

interface Rule {
  readonly threshold: keyof PadThresholds;
  readonly species: readonly string[];
  readonly toThreshold: (value: number) => number;
  readonly values: readonly Value[];
}

function findingOf(
  { threshold, species, toThreshold, values }: Rule,
  folds: readonly Set<string>[],
): ThresholdFinding {
  const bonaFide = values.filter(({ sample }) => sample.label === 'bona_fide');
  const attacks = values.filter(({ sample }) => species.includes(sample.species ?? ''));
  const line = (keep: (value: Value) => boolean): number | null =>
    chooseThreshold(numbers(bonaFide.filter(keep)), numbers(attacks.filter(keep)));
  const inFold =
    (fold: Set<string>) =>
    ({ sample }: Value): boolean =>
      fold.has(sample.source);
  let [refused, refusedOf, passed, passedOf] = [0, 0, 0, 0];
  const byFold = folds.flatMap((fold) => {
    const isOut = inFold(fold);
    const chosen = line((value) => !isOut(value));
    if (chosen === null) return [];
    const [live, attacking] = [bonaFide.filter(isOut), attacks.filter(isOut)];
    refused += live.filter(({ value }) => value < chosen).length;
    refusedOf += live.length;
    passed += attacking.filter(({ value }) => value >= chosen).length;
    passedOf += attacking.length;
    return [rounded(toThreshold(chosen))];
  });
  const value = line(() => true);
  return {
    threshold,
    species,
    value: value === null ? null : rounded(toThreshold(value)),
    byFold,
    refused: [refused, refusedOf],
    passed: [passed, passedOf],
  };
}

type ScoreKind = 'challenge' | 'flash';

/** The score fitted on all people, and its line from scores that each person got from a fit without them. */
function scoreRule(
  kind: ScoreKind,
  samples: readonly PadSample[],
  folds: readonly Set<string>[],
  cues: Readonly<Record<string, Feature>>,
): { model: ScoreModel; rule: Rule } {
  const isFlash = kind === 'flash';
  const features = isFlash ? FLASH_FEATURES : CHALLENGE_FEATURES;
  const species = isFlash ? FLASH_SCORED_SPECIES : SCORED_SPECIES;
  const measured = samples.filter(({ signals, flash }) => signals !== null && (!isFlash || flash));
  const fit = (chosen: readonly PadSample[]): ScoreModel =>
    fitScore(
      {
        bonaFide: chosen.filter(({ label }) => label === 'bona_fide'),
        attacks: chosen.filter((sample) => species.includes(sample.species ?? '')),
        cueAttacks: isFlash ? [] : chosen.filter((sample) => CUE_SPECIES.includes(sample.species ?? '')),
      },
      features,
      isFlash ? {} : cues,
    );
  const values = folds.flatMap((fold) => {
    const model = fit(measured.filter(({ source }) => !fold.has(source)));
    return measured
      .filter(({ source }) => fold.has(source))
      .map((sample): Value => ({ sample, value: logOdds(sample, model, features) }));
  });
  return {
    model: fit(measured),
    rule: {
      threshold: isFlash ? 'minFlashScore' : 'minScore',
      species,
      toThreshold: (odds) => 1 / (1 + Math.exp(-odds)),
      values,
    },
  };
}

const numbers = (values: readonly Value[]): number[] => values.map(({ value }) => value);
const rounded = (value: number): number => Number(value.toPrecision(3));
