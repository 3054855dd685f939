import { makeTemplate } from '#biometrics';
import { type EnrolledImage, recognitionReport } from './recognition-report.js';

/** Templates at given angles in a plane: the cosine between two is known. */
const at = (degrees: number) => {
  const values = new Array<number>(192).fill(0);
  values[0] = Math.cos((degrees * Math.PI) / 180);
  values[1] = Math.sin((degrees * Math.PI) / 180);
  return makeTemplate('test@1', values);
};
const image = (identity: string, degrees: number | null): EnrolledImage => ({
  identity,
  path: `${identity}/${degrees}.jpg`,
  template: degrees === null ? null : at(degrees),
});

describe('an evaluation of comparisons', () => {
  const separate = recognitionReport([
    ...[0, 5, 10].map((degrees) => image('a', degrees)),
    ...[90, 95, 100].map((degrees) => image('b', degrees)),
    image('c', null),
  ]);

  it('counts pairs and images without a template', () => {
    expect(separate).toMatchObject({ images: 7, identities: 3, matedPairs: 6, nonMatedPairs: 9 });
    expect(separate.fta.rate).toBeCloseTo(1 / 7, 10);
  });

  it('finds no errors between people that are far apart', () => expect(separate.eer).toBe(0));

  it('gives no rate that the pairs cannot carry', () => {
    expect(separate.fnmrAtFmr).toEqual({ '1e-1': null, '1e-2': null, '1e-3': null, '1e-4': null });
  });

  it('finds the errors of people that overlap, and names the worst pairs', () => {
    const degrees = [0, 6, 12, 18, 24, 30];
    const report = recognitionReport([
      ...degrees.map((angle) => image('a', angle)),
      ...degrees.map((angle) => image('b', angle + 20)),
    ]);
    expect(report.eer).toBeGreaterThan(0.2);
    const tenth = report.fnmrAtFmr['1e-1'];
    expect(tenth?.fnmr).toBeGreaterThan(0);
    expect(tenth?.lower).toBeLessThan(tenth?.fnmr ?? 0);
    expect(report.worstPairs[0]).toMatchObject({ kind: 'mated' });
    expect(report.worstPairs.at(-1)).toMatchObject({ kind: 'non_mated' });
  });
});
