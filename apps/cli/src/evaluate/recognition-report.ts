import { compareTemplates, type Template } from '#biometrics';
import { type Rate, rateOf } from './rate.js';

/** One image of the evaluation; no template: a failure to acquire. */
export interface EnrolledImage {
  readonly path: string;
  readonly identity: string;
  readonly template: Template | null;
}

export interface FnmrAtFmr {
  readonly fnmr: number;
  readonly lower: number;
  readonly upper: number;
  /** Comparison score from which on two templates match (cosine). */
  readonly threshold: number;
}

export interface WorstPair {
  readonly kind: 'mated' | 'non_mated';
  readonly a: string;
  readonly b: string;
  readonly score: number;
}

/** Error rates of comparisons (ISO/IEC 19795-1), over all pairs of images. */
export interface RecognitionReport {
  readonly images: number;
  readonly identities: number;
  /** Failure to acquire: share of images that gave no template. */
  readonly fta: Rate;
  readonly matedPairs: number;
  readonly nonMatedPairs: number;
  /** Equal error rate; null without pairs of both kinds. */
  readonly eer: number | null;
  /** Null where there are too few non-mated pairs to tell such a rate from zero. */
  readonly fnmrAtFmr: Readonly<Record<string, FnmrAtFmr | null>>;
  /** The lowest mated and the highest non-mated scores: usually a wrong label or an unusable picture. */
  readonly worstPairs: readonly WorstPair[];
}

const FMRS = ['1e-1', '1e-2', '1e-3', '1e-4'] as const;
/** By the rule of three, n pairs without a false match bound the rate by 3/n. */
const PAIRS_PER_RATE = 3;
const WORST = 5;

/** Compares every image with every other one. @throws RangeError without images */
export function recognitionReport(images: readonly EnrolledImage[]): RecognitionReport {
  const { mated, nonMated } = allPairs(images);
  const falseMatches = nonMated.map(({ score }) => score).sort((a, b) => b - a);
  const genuine = mated.map(({ score }) => score).sort((a, b) => a - b);
  return {
    images: images.length,
    identities: new Set(images.map(({ identity }) => identity)).size,
    fta: rateOf(images.filter(({ template }) => !template).length, images.length),
    matedPairs: mated.length,
    nonMatedPairs: nonMated.length,
    eer: equalErrorRate(genuine, falseMatches),
    fnmrAtFmr: Object.fromEntries(FMRS.map((fmr) => [fmr, fnmrAt(Number(fmr), genuine, falseMatches)])),
    worstPairs: [
      ...mated.sort((a, b) => a.score - b.score).slice(0, WORST),
      ...nonMated.sort((a, b) => b.score - a.score).slice(0, WORST),
    ],
  };
}

function allPairs(images: readonly EnrolledImage[]): { mated: WorstPair[]; nonMated: WorstPair[] } {
  const mated: WorstPair[] = [];
  const nonMated: WorstPair[] = [];
  images.forEach((a, i) => {
    for (const b of images.slice(i + 1)) {
      if (!a.template || !b.template) continue;
      const score = compareTemplates(a.template, b.template);
      if (a.identity === b.identity) mated.push({ kind: 'mated', a: a.path, b: b.path, score });
      else nonMated.push({ kind: 'non_mated', a: a.path, b: b.path, score });
    }
  });
  return { mated, nonMated };
}

/** @param falseMatches non-mated scores, falling @param genuine mated scores, rising */
function fnmrAt(fmr: number, genuine: readonly number[], falseMatches: readonly number[]): FnmrAtFmr | null {
  if (genuine.length === 0 || falseMatches.length * fmr < PAIRS_PER_RATE) return null;
  // The lowest threshold that lets at most the allowed share of strangers through: just above the next stranger's score.
  const allowed = Math.floor(falseMatches.length * fmr);
  const threshold = (falseMatches[allowed] ?? -1) + Number.EPSILON;
  const { rate, lower, upper } = rateOf(genuine.filter((score) => score < threshold).length, genuine.length);
  return { fnmr: rate, lower, upper, threshold };
}

/** Where false matches and false non-matches are equally frequent; the mean of the two rates at the nearest threshold. */
function equalErrorRate(genuine: readonly number[], falseMatches: readonly number[]): number | null {
  if (genuine.length === 0 || falseMatches.length === 0) return null;
  let best = { distance: Infinity, rate: 1 };
  let refused = 0;
  let passed = falseMatches.length;
  for (const threshold of [...genuine, ...falseMatches].sort((a, b) => a - b)) {
    while (refused < genuine.length && (genuine[refused] as number) < threshold) refused++;
    while (passed > 0 && (falseMatches[passed - 1] as number) < threshold) passed--;
    const [fnmr, fmr] = [refused / genuine.length, passed / falseMatches.length];
    if (Math.abs(fnmr - fmr) < best.distance)
      best = { distance: Math.abs(fnmr - fmr), rate: (fnmr + fmr) / 2 };
  }
  return best.rate;
}
