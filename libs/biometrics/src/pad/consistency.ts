import { compareTemplates, type Template } from '../recognition/template.js';

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
