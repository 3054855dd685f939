import { ErrorCurves } from './error-curves.js';
import { galleryOf } from './gallery.js';
import { drawnPeople } from './testing/drawn-people.js';

/**
 * Draws many small sets of people from one law whose true rates are known from a large set, and counts how often the bounds hold the truth.
 * Comparisons that share a person hang together here as they do in life, which bounds that count comparisons would overlook.
 */
describe('95 % bounds', () => {
  const law = { spread: 0.6, dim: 12 };
  const threshold = 0.6;
  const truth = new ErrorCurves(galleryOf(drawnPeople({ ...law, people: 1_000, each: 2, seed: 999 })), {
    replicates: 1,
    seed: 1,
  }).at(threshold);
  const SETS = 80;
  const points = Array.from({ length: SETS }, (_, i) =>
    new ErrorCurves(galleryOf(drawnPeople({ ...law, people: 25, each: 4, seed: i + 1 })), {
      replicates: 100,
      seed: i,
    }).at(threshold),
  );
  const covered = (rate: 'fmr' | 'fnmr'): number =>
    points.filter((point) => point[rate].lower <= truth[rate].rate && truth[rate].rate <= point[rate].upper)
      .length / SETS;

  it('are put to a test that has errors of both kinds', () => {
    expect(truth.fmr.rate).toBeGreaterThan(0.005);
    expect(truth.fnmr.rate).toBeGreaterThan(0.02);
  });

  // Percentile bounds of 25 people run a little short; the sets are seeded, so the outcome is always the same.
  it.each(['fmr', 'fnmr'] as const)('hold the true %s nineteen times in twenty, about', (rate) => {
    expect(covered(rate)).toBeGreaterThanOrEqual(0.87);
  });

  it.each(['fmr', 'fnmr'] as const)('are not so wide that they say nothing of %s', (rate) => {
    const widths = points.map((point) => point[rate].upper - point[rate].lower).sort((a, b) => a - b);
    expect(widths[SETS >> 1]).toBeLessThan(6 * truth[rate].rate + 0.05);
  });

  it('hold when not one false match was seen', () => {
    const strict = 0.97;
    const rare = new ErrorCurves(galleryOf(drawnPeople({ ...law, people: 25, each: 4, seed: 7 })), {
      replicates: 150,
      seed: 1,
    }).at(strict);
    expect(rare.fmr.rate).toBe(0);
    expect(rare.fmr.upper).toBeGreaterThan(0);
  });
});
