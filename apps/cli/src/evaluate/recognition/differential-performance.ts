import { type Rate, rateOf } from '../rate.js';
import { type BoundedRate, ErrorCurves } from './error-curves.js';
import { type EvaluatedImage, galleryOf } from './gallery.js';
import { isSupported } from './support.js';

/** Error rates of one group at the threshold that all share; non-mated pairs are two people of the same group. */
export interface GroupPerformance {
  readonly value: string;
  readonly images: number;
  readonly identities: number;
  readonly fta: Rate;
  readonly matedPairs: number;
  readonly nonMatedPairs: number;
  /** Null where the group's pairs cannot carry the rate. */
  readonly fmr: BoundedRate | null;
  readonly fnmr: BoundedRate | null;
}

/** Differences between groups (ISO/IEC 19795-10), by a field that the manifest names: nothing is inferred from faces. */
export interface DifferentialPerformance {
  readonly field: string;
  readonly threshold: number;
  readonly groups: readonly GroupPerformance[];
  /** The highest rate divided by the lowest; null unless two groups have one and the lowest is above zero. */
  readonly fmrRatio: number | null;
  readonly fnmrRatio: number | null;
}

interface Options {
  readonly field: string;
  readonly threshold: number;
  /** The false match rate that a group's pairs must be able to tell from zero. */
  readonly targetFmr: number;
  readonly replicates: number;
  readonly seed: number;
}

const UNNAMED = '(not given)';

/** @throws RangeError when no image has the field, which is most likely a misspelling */
export function differentialPerformance(
  images: readonly EvaluatedImage[],
  { field, ...options }: Options,
): DifferentialPerformance {
  const byValue = new Map<string, EvaluatedImage[]>();
  for (const image of images) {
    const value = image.groups[field] ?? UNNAMED;
    const own = byValue.get(value);
    if (own) own.push(image);
    else byValue.set(value, [image]);
  }
  if (byValue.size === 1 && byValue.has(UNNAMED)) throw new RangeError(`No image has the field "${field}"`);
  const groups = [...byValue]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([value, own]) => performanceOf(value, own, options));
  return {
    field,
    threshold: options.threshold,
    groups,
    fmrRatio: ratio(groups.map(({ fmr }) => fmr)),
    fnmrRatio: ratio(groups.map(({ fnmr }) => fnmr)),
  };
}

function performanceOf(
  value: string,
  images: readonly EvaluatedImage[],
  { threshold, targetFmr, ...options }: Omit<Options, 'field'>,
): GroupPerformance {
  const curves = new ErrorCurves(galleryOf(images), options);
  const { matedPairs, nonMatedPairs } = curves.tally;
  const { fmr, fnmr } = curves.at(threshold);
  return {
    value,
    images: images.length,
    identities: new Set(images.map(({ identity }) => identity)).size,
    fta: rateOf(images.filter(({ template }) => !template).length, images.length),
    matedPairs,
    nonMatedPairs,
    fmr: isSupported(targetFmr, nonMatedPairs) ? fmr : null,
    fnmr: matedPairs > 0 ? fnmr : null,
  };
}

function ratio(rates: readonly (BoundedRate | null)[]): number | null {
  const known = rates.flatMap((bounded) => (bounded ? [bounded.rate] : []));
  const least = Math.min(...known);
  return known.length > 1 && least > 0 ? Math.max(...known) / least : null;
}
