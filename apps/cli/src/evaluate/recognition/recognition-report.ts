import { DEFAULT_POLICY } from '#biometrics';
import { type Rate, rateOf } from '../rate.js';
import { differentialPerformance, type DifferentialPerformance } from './differential-performance.js';
import { type BoundedRate, ErrorCurves, type OperatingPoint } from './error-curves.js';
import { type EvaluatedImage, galleryOf } from './gallery.js';
import { cannotSupport, isSupported, needsPeople } from './support.js';
import type { WorstPair } from './tally.js';

export interface FnmrAtFmr {
  readonly fnmr: number;
  readonly lower: number;
  readonly upper: number;
  /** Comparison score from which on two templates match (cosine). */
  readonly threshold: number;
  /** The false match rate at that threshold and its bounds. */
  readonly fmr: BoundedRate;
}

/** The threshold at which the upper bound of the false match rate reaches a target. */
export interface Recommendation extends OperatingPoint {
  readonly targetFmr: number;
}

/** Error rates of comparisons (ISO/IEC 19795-1), over all pairs of images. */
export interface RecognitionReport {
  /** True when the pictures were rendered: then nothing here is about real people. */
  readonly synthetic: boolean;
  /** What made the templates; null when no image gave one. */
  readonly model: string | null;
  readonly images: number;
  readonly identities: number;
  /** Failure to acquire: share of images that gave no template. */
  readonly fta: Rate;
  /** Failure to enrol: share of people none of whose images passes the gates of enrolment. */
  readonly fte: Rate;
  /** How many images failed, by reason. */
  readonly failures: { readonly acquisition: Counts; readonly enrolment: Counts };
  readonly matedPairs: number;
  readonly nonMatedPairs: number;
  /** Equal error rate; null without pairs of both kinds. */
  readonly eer: number | null;
  readonly eerBounds: { readonly lower: number; readonly upper: number } | null;
  /** Null where there are too few non-mated pairs to tell such a rate from zero. */
  readonly fnmrAtFmr: Readonly<Record<string, FnmrAtFmr | null>>;
  /** At the threshold that the default policy uses. */
  readonly atDefaultThreshold: OperatingPoint | null;
  /** Null when these people cannot carry a bound that low. */
  readonly recommended: Recommendation | null;
  /** False match rate from each score on, with its upper bound: what calibration is written from. */
  readonly fmrAtScore: readonly FmrAtScore[];
  /** The lowest mated and the highest non-mated scores: usually a wrong label or an unusable picture. */
  readonly worstPairs: readonly WorstPair[];
  readonly groups: DifferentialPerformance | null;
  /** Detection error trade-off: both rates over the thresholds. */
  readonly det: readonly { readonly threshold: number; readonly fmr: number; readonly fnmr: number }[];
  readonly histograms: Histograms;
  /** One sentence for everything that this set cannot tell. */
  readonly notes: readonly string[];
  readonly bootstrap: { readonly replicates: number; readonly seed: number };
}

export type Counts = Readonly<Record<string, number>>;

export interface FmrAtScore {
  readonly score: number;
  readonly fmr: number;
  readonly upper: number;
}

/** Number of comparisons per range of scores; each range begins at `from` and is `width` wide. */
export interface Histograms {
  readonly width: number;
  readonly from: readonly number[];
  readonly mated: readonly number[];
  readonly nonMated: readonly number[];
}

export interface ReportOptions {
  readonly synthetic?: boolean;
  readonly targetFmr?: number;
  /** Field of the manifest by which performance is told apart. */
  readonly group?: string | undefined;
  readonly seed?: number;
  readonly replicates?: number;
}

const FMRS = ['1e-1', '1e-2', '1e-3', '1e-4'] as const;
const REPLICATES = 1_000;
const HISTOGRAM_WIDTH = 0.02;

/** Compares every image with every other one. @throws RangeError without images */
export function recognitionReport(
  images: readonly EvaluatedImage[],
  { synthetic = false, targetFmr = 1e-3, group, seed = 1, replicates = REPLICATES }: ReportOptions = {},
): RecognitionReport {
  const curves = new ErrorCurves(galleryOf(images), { replicates, seed });
  const { matedPairs, nonMatedPairs, peoplePairs, worstPairs } = curves.tally;
  const both = matedPairs > 0 && nonMatedPairs > 0;
  const fnmrAtFmr = Object.fromEntries(FMRS.map((fmr) => [fmr, fnmrAt(Number(fmr), curves)]));
  const threshold = curves.thresholdAtFmrUpper(targetFmr);
  const eer = curves.eer;
  return {
    synthetic,
    model: images.find(({ template }) => template)?.template?.modelId ?? null,
    images: images.length,
    identities: new Set(images.map(({ identity }) => identity)).size,
    fta: rateOf(images.filter(({ template }) => !template).length, images.length),
    fte: failureToEnrol(images),
    failures: {
      acquisition: countBy(images.flatMap(({ failure }) => failure ?? [])),
      enrolment: countBy(images.flatMap(({ enrolmentFailure }) => enrolmentFailure ?? [])),
    },
    matedPairs,
    nonMatedPairs,
    eer: eer?.rate ?? null,
    eerBounds: eer && { lower: eer.lower, upper: eer.upper },
    fnmrAtFmr,
    atDefaultThreshold: both ? curves.at(DEFAULT_POLICY.comparisonThreshold) : null,
    recommended: both && threshold !== null ? { targetFmr, ...curves.at(threshold) } : null,
    fmrAtScore: nonMatedPairs > 0 ? fmrAtScore(curves) : [],
    worstPairs,
    groups: group
      ? differentialPerformance(images, {
          field: group,
          threshold: threshold ?? DEFAULT_POLICY.comparisonThreshold,
          targetFmr,
          replicates,
          seed,
        })
      : null,
    det: both ? detectionErrorTradeOff(curves) : [],
    histograms: histogramsOf(curves),
    notes: [
      ...(matedPairs === 0 ? ['There are no mated pairs: nobody has two usable images.'] : []),
      ...FMRS.filter((fmr) => fnmrAtFmr[fmr] === null && matedPairs > 0).map((fmr) =>
        cannotSupport(fmr, nonMatedPairs),
      ),
      ...(threshold === null ? [needsPeople(targetFmr, peoplePairs)] : []),
    ],
    bootstrap: { replicates, seed },
  };
}

function fnmrAt(target: number, curves: ErrorCurves): FnmrAtFmr | null {
  const { matedPairs, nonMatedPairs } = curves.tally;
  if (matedPairs === 0 || !isSupported(target, nonMatedPairs)) return null;
  const { threshold, fmr, fnmr } = curves.at(curves.thresholdAtFmr(target));
  return { fnmr: fnmr.rate, lower: fnmr.lower, upper: fnmr.upper, threshold, fmr };
}

function fmrAtScore(curves: ErrorCurves): FmrAtScore[] {
  return Array.from({ length: 101 }, (_, i) => {
    const { threshold, fmr } = curves.at(i / 100);
    return { score: threshold, fmr: fmr.rate, upper: fmr.upper };
  });
}

function failureToEnrol(images: readonly EvaluatedImage[]): Rate {
  const people = new Map<string, boolean>();
  for (const { identity, template, enrolmentFailure } of images)
    people.set(identity, (people.get(identity) ?? false) || (template !== null && enrolmentFailure === null));
  return rateOf([...people.values()].filter((enrolled) => !enrolled).length, people.size);
}

function countBy(reasons: readonly string[]): Counts {
  const counts: Record<string, number> = {};
  for (const reason of reasons) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

function detectionErrorTradeOff(curves: ErrorCurves): RecognitionReport['det'] {
  return Array.from({ length: 201 }, (_, i) => {
    const { threshold, fmr, fnmr } = curves.at(-1 + i / 100);
    return { threshold, fmr: fmr.rate, fnmr: fnmr.rate };
  });
}

function histogramsOf({ tally: { mated, nonMated } }: ErrorCurves): Histograms {
  const cells = HISTOGRAM_WIDTH * 1_000;
  const from = Array.from({ length: 2 / HISTOGRAM_WIDTH }, (_, i) => (i * cells - 1_000) / 1_000);
  const sums = (counts: Float64Array): number[] =>
    from.map((_, i) => {
      // A score of exactly 1 has a cell of its own, which belongs to the last range.
      const end = i === from.length - 1 ? counts.length : (i + 1) * cells;
      return counts.subarray(i * cells, end).reduce((sum, count) => sum + count, 0);
    });
  return { width: HISTOGRAM_WIDTH, from, mated: sums(mated), nonMated: sums(nonMated) };
}
