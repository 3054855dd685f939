import { makeTemplate } from '#biometrics';
import { type EvaluatedImage } from './gallery.js';
import { recognitionReport } from './recognition-report.js';
import { drawnPeople } from './testing/drawn-people.js';

/** Templates at given angles in a plane: the cosine between two is known. */
const at = (degrees: number) => {
  const values = new Array<number>(192).fill(0);
  values[0] = Math.cos((degrees * Math.PI) / 180);
  values[1] = Math.sin((degrees * Math.PI) / 180);
  return makeTemplate('test@1', values);
};
const image = (
  identity: string,
  degrees: number | null,
  more: Partial<EvaluatedImage> = {},
): EvaluatedImage => ({
  identity,
  path: `${identity}/${degrees}.jpg`,
  template: degrees === null ? null : at(degrees),
  failure: degrees === null ? 'no_face' : null,
  enrolmentFailure: degrees === null ? 'no_face' : null,
  groups: {},
  ...more,
});

describe('an evaluation of comparisons', () => {
  /** Bounds are not what is looked at here. */
  const few = { replicates: 100 };
  const separate = recognitionReport(
    [
      ...[0, 5, 10].map((degrees) => image('a', degrees)),
      ...[90, 95, 100].map((degrees) => image('b', degrees, { enrolmentFailure: 'low_quality.head_pose' })),
      image('c', null),
    ],
    few,
  );

  it('counts pairs, images without a template, and people who could not enrol', () => {
    expect(separate).toMatchObject({ images: 7, identities: 3, matedPairs: 6, nonMatedPairs: 9 });
    expect(separate.fta.rate).toBeCloseTo(1 / 7, 10);
    expect(separate.fte.rate).toBeCloseTo(2 / 3, 10);
    expect(separate.failures).toEqual({
      acquisition: { no_face: 1 },
      enrolment: { 'low_quality.head_pose': 3, no_face: 1 },
    });
  });

  it('finds no errors between people that are far apart', () =>
    expect(separate).toMatchObject({ eer: 0, eerBounds: { lower: 0, upper: 0 } }));

  it('gives no rate that the pairs cannot carry, and says why', () => {
    expect(separate.fnmrAtFmr).toEqual({ '1e-1': null, '1e-2': null, '1e-3': null, '1e-4': null });
    expect(separate.recommended).toBeNull();
    expect(separate.notes).toContain(
      'This set cannot support FMR 1e-4: it has 9 non-mated pairs, and by the rule of three at least 30,000 are needed to tell such a rate from zero.',
    );
    expect(separate.notes.at(-1)).toMatch(
      /^No threshold is recommended: .* about 89 people without a false match/,
    );
  });

  it('finds the errors of people that overlap, and names the worst pairs', () => {
    const degrees = [0, 6, 12, 18, 24, 30];
    const report = recognitionReport(
      [...degrees.map((angle) => image('a', angle)), ...degrees.map((angle) => image('b', angle + 20))],
      few,
    );
    expect(report.eer).toBeGreaterThan(0.2);
    const tenth = report.fnmrAtFmr['1e-1'];
    expect(tenth?.fnmr).toBeGreaterThan(0);
    expect(tenth?.upper).toBeGreaterThanOrEqual(tenth?.fnmr ?? 1);
    expect(tenth?.fmr.rate).toBeLessThanOrEqual(0.1);
    expect(report.worstPairs[0]).toEqual({
      kind: 'mated',
      a: 'a/0.jpg',
      b: 'a/30.jpg',
      score: expect.closeTo(Math.cos(Math.PI / 6), 5) as number,
    });
    expect(report.worstPairs[5]).toMatchObject({ kind: 'non_mated', score: expect.closeTo(1, 2) as number });
  });

  it('survives a set without pairs of either kind', () => {
    for (const images of [[image('a', null)], [image('a', 0)], [image('a', 0), image('b', 90)]]) {
      const report = recognitionReport(images, few);
      expect(report).toMatchObject({ eer: null, recommended: null, atDefaultThreshold: null, det: [] });
      expect(report.notes[0]).toMatch(/no mated pairs/);
      expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    }
    expect(() => recognitionReport([])).toThrow(RangeError);
  });

  it('refuses to compare templates of different models', () => {
    const other = { template: makeTemplate('test@2', new Array<number>(192).fill(1)) };
    expect(() => recognitionReport([image('a', 0), image('b', 5, other)])).toThrow(/different models/);
  });

  it('counts every comparison once in the histograms', () => {
    const { from, mated, nonMated, width } = separate.histograms;
    const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
    expect([from.length, from[0], sum(mated), sum(nonMated)]).toEqual([2 / width, -1, 6, 9]);
  });
});

describe('what a set of people can carry', () => {
  const options = { replicates: 200, seed: 3 };

  it('a small one no FMR of 1e-4, a large one does', () => {
    const small = recognitionReport(drawnPeople({ people: 40, each: 4, spread: 0.5, seed: 1 }), options);
    expect(small.fnmrAtFmr['1e-3']).not.toBeNull();
    expect(small.fnmrAtFmr['1e-4']).toBeNull();
    expect(small.notes.join()).toMatch(/cannot support FMR 1e-4/);
    const large = recognitionReport(drawnPeople({ people: 150, each: 4, spread: 0.5, seed: 1 }), options);
    expect(large.fnmrAtFmr['1e-4']?.fmr.rate).toBeLessThanOrEqual(1e-4);
    expect(large.notes.join()).not.toMatch(/cannot support/);
  });

  it('recommends a threshold whose false match rate is bounded by the target', () => {
    const report = recognitionReport(drawnPeople({ people: 150, each: 3, spread: 0.5, seed: 2 }), {
      ...options,
      targetFmr: 1e-3,
    });
    expect(report.recommended?.fmr.upper).toBeLessThanOrEqual(1e-3);
    // One step below, the bound is not kept.
    const below = report.fmrAtScore
      .filter(({ score }) => score < (report.recommended?.threshold ?? 0))
      .at(-1);
    expect(below?.upper).toBeGreaterThan(1e-3);
  });

  it('gives bounds that fall as the score rises, never below the rate', () => {
    const { fmrAtScore } = recognitionReport(
      drawnPeople({ people: 30, each: 3, spread: 0.6, seed: 4 }),
      options,
    );
    for (const [i, { fmr, upper }] of fmrAtScore.entries()) {
      expect(upper).toBeGreaterThanOrEqual(fmr);
      if (i > 0) expect(upper).toBeLessThanOrEqual(fmrAtScore[i - 1]?.upper ?? 0);
    }
    expect(fmrAtScore.at(-1)?.upper).toBeGreaterThan(0);
  });

  it('gives the same bounds for the same seed, and others for another', () => {
    const people = drawnPeople({ people: 20, each: 4, spread: 0.8, seed: 5 });
    const one = recognitionReport(people, options);
    expect(recognitionReport(people, options)).toEqual(one);
    expect(recognitionReport(people, { ...options, seed: 4 }).eerBounds).not.toEqual(one.eerBounds);
  });
});

describe('differential performance', () => {
  const people = drawnPeople({ people: 40, each: 4, spread: 0.5, seed: 6 });
  const grouped = (worse: number) => [
    ...people.map((each) => ({ ...each, groups: { light: 'day' } })),
    ...drawnPeople({ people: 40, each: 4, spread: worse, seed: 7, prefix: 'night' }).map((each) => ({
      ...each,
      groups: { light: 'night' },
    })),
  ];

  it('shows the group that is served worse, at one threshold for all', () => {
    const { groups } = recognitionReport(grouped(1), { replicates: 100, group: 'light', targetFmr: 1e-2 });
    expect(groups?.groups.map(({ value, identities }) => [value, identities])).toEqual([
      ['day', 40],
      ['night', 40],
    ]);
    const [day, night] = groups?.groups ?? [];
    expect(night?.fnmr?.lower).toBeGreaterThan(day?.fnmr?.rate ?? 1);
    expect(groups?.fnmrRatio === null || (groups?.fnmrRatio ?? 0) > 2).toBe(true);
  });

  it('gives no false match rate to a group whose pairs cannot carry it', () => {
    const { groups } = recognitionReport(grouped(0.5), { replicates: 50, group: 'light', targetFmr: 1e-4 });
    expect(groups?.groups.map(({ fmr }) => fmr)).toEqual([null, null]);
  });

  it('refuses a field that no image has', () => {
    expect(() => recognitionReport(people, { group: 'lihgt', replicates: 10 })).toThrow(
      /no image has the field "lihgt"/i,
    );
  });
});
