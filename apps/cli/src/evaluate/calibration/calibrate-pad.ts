import {
  CHALLENGE_FEATURES,
  combinedScore,
  DEFAULT_PAD_THRESHOLDS,
  type Feature,
  FLASH_FEATURES,
  type PadThresholds,
  type ScoreModel,
} from '#biometrics';
import { passes } from '../pad-report.js';
import type { PadSample } from '../pad-samples.js';
import { chooseThreshold } from './choose-threshold.js';
import { chanceOf, fitScore, logOdds, oneSignalAtItsWorst } from './fit-score.js';
import {
  CUE_SPECIES,
  FLASH_SCORED_SPECIES,
  SCORED_SPECIES,
  THRESHOLD_RULES,
  type ThresholdRule,
} from './threshold-rules.js';

/** How a line chosen on some people does on the others. */
export interface ThresholdFinding {
  readonly threshold: keyof PadThresholds;
  /** Chosen on all people. */
  readonly value: number;
  /** The laxest value there may be, where the line stays unless the species it is there for get through. */
  readonly laxest: number;
  /** Chosen without one group of people each. */
  readonly byFold: readonly number[];
  readonly species: readonly string[];
  /** Bona fide values of people who had no say that fall below the line: count of all. */
  readonly refused: readonly [count: number, of: number];
  /** Attack values of such people that reach it; other gates may stop them. */
  readonly passed: readonly [count: number, of: number];
}

export interface PadCalibration {
  /** Of those that there were bona fide captures and attacks to choose by. */
  readonly thresholds: readonly ThresholdFinding[];
  /** Null where no capture was of a species that it is for. */
  readonly challenge: ScoreModel | null;
  readonly flash: ScoreModel | null;
}

type Cues = Readonly<Record<string, Feature>>;
type Lines = Partial<Record<keyof PadThresholds, number>>;

/** Groups of people; each is left out once. */
const FOLDS = 6;
/** Share of a species that may get through before the line against it is drawn tighter. */
const LET_THROUGH = 0.02;

/**
 * Chooses thresholds and fits scores by cross-validation over people: what is reported of a line was measured on people who had no say in
 * it, what is used was chosen on all. Rendered people vary less than people do, so that no line is drawn tighter than the attacks ask for.
 * @param cues readers of the risk cues
 * @throws RangeError with fewer people than folds
 */
export function calibratePad(samples: readonly PadSample[], cues: Cues): PadCalibration {
  const people = [...new Set(samples.map(({ source }) => source))].sort();
  if (people.length < FOLDS) throw new RangeError(`captures of at least ${FOLDS} people are needed`);
  const folds = Array.from({ length: FOLDS }, (_, fold) => {
    const out = new Set(people.filter((_p, i) => i % FOLDS === fold));
    const isOut = ({ source }: PadSample): boolean => out.has(source);
    return { kept: samples.filter((sample) => !isOut(sample)), left: samples.filter(isOut) };
  });
  const lines = choose(samples);
  const chosen = folds.map(({ kept, left }) => ({ lines: choose(kept), left }));
  const [challenge, flash] = (['challenge', 'flash'] as const).map((kind) => fitted(kind, samples, cues));
  const scores = [challenge, flash].flatMap((score) => score ?? []);
  const rules = THRESHOLD_RULES.filter((rule) => canBeChosen(rule, samples));
  return {
    thresholds: [
      ...rules.map((rule) =>
        finding(
          { ...rule, value: lines[rule.threshold] ?? rule.laxest },
          chosen.map((fold) => ({
            ...fold,
            read: rule.read,
            line: fold.lines[rule.threshold] ?? rule.laxest,
          })),
        ),
      ),
      ...scores.map((score) =>
        finding(
          { ...score, laxest: 0 },
          folds.flatMap(({ kept, left }) => {
            const fold = fitted(score.kind, kept, cues);
            return fold ? [{ left, read: fold.read, line: fold.value }] : [];
          }),
        ),
      ),
    ],
    challenge: challenge?.model ?? null,
    flash: flash?.model ?? null,
  };
}

/** Whether there is anything on both sides of a line. */
function canBeChosen(rule: ThresholdRule, samples: readonly PadSample[]): boolean {
  return [null, rule.species].every((species) => valuesOf(rule, samples, species).length > 0);
}

/** One line after the other, each only where its species get past all gates with the lines so far. */
function choose(samples: readonly PadSample[]): Lines {
  const rules = THRESHOLD_RULES.filter((rule) => canBeChosen(rule, samples));
  const lines: Lines = Object.fromEntries(rules.map(({ threshold, laxest }) => [threshold, laxest]));
  for (const rule of rules) {
    const thresholds = { ...DEFAULT_PAD_THRESHOLDS, minScore: 0, minFlashScore: 0, ...lines };
    const getThrough = rule.species.some((species) => {
      const attacks = samples.filter(
        (sample) => sample.species === species && rule.read.value(sample) !== null,
      );
      return attacks.filter((attack) => passes(attack, thresholds)).length > LET_THROUGH * attacks.length;
    });
    if (!getThrough) continue;
    const line = chooseThreshold(valuesOf(rule, samples, null), valuesOf(rule, samples, rule.species));
    if (line === null) continue;
    const tighter = Math.max(line, rule.read.fromThreshold(rule.laxest));
    lines[rule.threshold] = rounded(rule.read.toThreshold(tighter));
  }
  return lines;
}

/** @param species null: the bona fide captures */
function valuesOf(
  { read }: Pick<ThresholdRule, 'read'>,
  samples: readonly PadSample[],
  species: readonly string[] | null,
): number[] {
  return samples
    .filter((sample) => (species ? species.includes(sample.species ?? '') : sample.label === 'bona_fide'))
    .flatMap((sample) => read.value(sample) ?? []);
}

type ScoreKind = 'challenge' | 'flash';

interface FittedScore extends Pick<ThresholdFinding, 'threshold' | 'species' | 'value'> {
  readonly kind: ScoreKind;
  readonly model: ScoreModel;
  readonly read: ThresholdRule['read'];
}

/** A score and its line: where bona fide captures end, and never where one signal alone could bring a typical one; null without captures of both kinds. */
function fitted(kind: ScoreKind, samples: readonly PadSample[], cues: Cues): FittedScore | null {
  const isFlash = kind === 'flash';
  const features = isFlash ? FLASH_FEATURES : CHALLENGE_FEATURES;
  const species = isFlash ? FLASH_SCORED_SPECIES : SCORED_SPECIES;
  const measured = samples.filter(({ signals, flash }) => signals !== null && (!isFlash || flash));
  const bonaFide = measured.filter(({ label }) => label === 'bona_fide');
  const of = (names: readonly string[]) => measured.filter((sample) => names.includes(sample.species ?? ''));
  if (bonaFide.length === 0 || of(species).length === 0) return null;
  const model = fitScore(
    { bonaFide, attacks: of(species), cueAttacks: isFlash ? [] : of(CUE_SPECIES) },
    features,
    isFlash ? {} : cues,
  );
  const odds = (list: readonly PadSample[]) => list.map((sample) => logOdds(sample, model, features));
  const line = chooseThreshold(odds(bonaFide), odds(of(species))) ?? -Infinity;
  const value = rounded(chanceOf(Math.min(line, oneSignalAtItsWorst(bonaFide, model, features))));
  const read: ThresholdRule['read'] = {
    // As the gate does: what is established of a bona fide capture, what cannot be excluded of an attack.
    value: ({ signals, flash, label }) => {
      if (!signals || (isFlash && !flash)) return null;
      const { least, most } = combinedScore(signals, model, { ...features, ...cues });
      return label === 'bona_fide' ? least : most;
    },
    fromThreshold: (score) => score,
    toThreshold: (score) => score,
  };
  return { kind, model, species, value, read, threshold: isFlash ? 'minFlashScore' : 'minScore' };
}

interface Fold {
  /** Of people who had no say. */
  readonly left: readonly PadSample[];
  readonly read: ThresholdRule['read'];
  readonly line: number;
}

function finding(
  { threshold, species, value, laxest }: Pick<ThresholdFinding, 'threshold' | 'species' | 'value' | 'laxest'>,
  folds: readonly Fold[],
): ThresholdFinding {
  const count = (of: readonly string[] | null, counts: (value: number, line: number) => boolean) =>
    folds.reduce<[number, number]>(
      ([sum, total], { left, read, line }) => {
        const values = valuesOf({ read }, left, of);
        const at = read.fromThreshold(line);
        return [sum + values.filter((each) => counts(each, at)).length, total + values.length];
      },
      [0, 0],
    );
  return {
    threshold,
    species,
    value,
    laxest,
    byFold: folds.map(({ line }) => line),
    refused: count(null, (each, line) => each < line),
    passed: count(species, (each, line) => each >= line),
  };
}

const rounded = (value: number): number => Number(value.toPrecision(3));
