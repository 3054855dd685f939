import { compareTemplates, meanTemplate, type Template } from '../recognition/template.js';

/**
 * How well the two frames agree that agree least: the smallest comparison score between any two frames' templates, cosine
 * −1 … 1. One person scores high in every pair; a face exchanged within the capture does not, however many frames show it.
 * @param templates one per usable frame, by one model.
 * @returns `null` with fewer than two templates.
 * @throws {TemplateError} on templates that are malformed or of different models.
 */
export function measureConsistency(templates: readonly Template[]): number | null {
  const scores = templates.flatMap((template, i) =>
    templates.slice(i + 1).map((other) => compareTemplates(template, other)),
  );
  return scores.length > 0 ? Math.min(...scores) : null;
}

/**
 * Whether the frames show one person: of all ways to part them into two groups of two or more, the least comparison score between the
 * groups' mean templates, cosine −1 … 1. Means even out what turning and expression change in single frames, so that two people who look
 * alike are still told apart, and parts need not be runs: whoever comes and goes is noticed as well. Of two or three frames the
 * groups may be single ones.
 * @param templates at most {@link MAX_GROUPED} of one model: the number of partings doubles with each.
 * @returns `null` with fewer than two templates.
 * @throws {RangeError} on more templates.
 */
export function measureGroupConsistency(templates: readonly Template[]): number | null {
  const count = templates.length;
  if (count > MAX_GROUPED) throw new RangeError(`at most ${MAX_GROUPED} templates can be parted`);
  const least = count < 4 ? 1 : 2;
  let lowest: number | null = null;
  // The first template is always in the one group, so that no parting is looked at twice.
  for (let chosen = 0; chosen < 2 ** Math.max(0, count - 1); chosen++) {
    const isWithFirst = (i: number): boolean => i === 0 || ((chosen >>> (i - 1)) & 1) === 1;
    const [one, other] = [true, false].map((side) => templates.filter((_, i) => isWithFirst(i) === side));
    if (!one || !other || one.length < least || other.length < least) continue;
    const score = compareTemplates(meanTemplate(one), meanTemplate(other));
    if (lowest === null || score < lowest) lowest = score;
  }
  return lowest;
}

/** More frames than this are never compared in groups. */
export const MAX_GROUPED = 8;
