import { type LivenessSignals } from '../signals.js';
import { combinedScore } from './combined-score.js';
import { type Feature } from './features.js';
import { judgeScore } from './judge-score.js';
import { type ScoreModel } from './score-model.js';

const FEATURES: Readonly<Record<string, Feature>> = {
  stillness: ({ stillness }) => stillness,
  lrA: ({ lrA }) => lrA,
  hint: ({ tracks }) => tracks,
};
const term = (feature: string, weight = 2) => ({ feature, weight, centre: 1, scale: 0.5 });
const MODEL: ScoreModel = {
  bias: 0.5,
  terms: [term('stillness'), term('lrA')],
  cues: [term('hint', 5)],
  cueBound: 1,
};
const signals = (stillness: number | null, lrA: number | null, tracks: number | null): LivenessSignals =>
  ({ stillness, lrA, tracks }) as LivenessSignals;
const score = (stillness: number | null, lrA: number | null, tracks: number | null) =>
  combinedScore(signals(stillness, lrA, tracks), MODEL, FEATURES);
const chance = (odds: number): number => 1 / (1 + Math.exp(-odds));

describe('the combined score', () => {
  it('adds weighted units to the bias', () => {
    const { least, most } = score(1.5, 0.75, 1);
    expect(least).toBeCloseTo(chance(0.5 + 2 * 1 - 2 * 0.5), 12);
    expect(most).toBe(least);
  });

  it('rises with every signal, and no single one outvotes all others', () => {
    expect(score(2, 1, 1).least).toBeGreaterThan(score(1.9, 1, 1).least);
    expect(score(1e9, 1, 1)).toEqual(score(2.5, 1, 1));
  });

  it('is never helped by what is missing, nor accused', () => {
    for (const measured of [-5, 0, 1, 2, 5]) {
      const whole = score(measured, 1, 1);
      const without = score(null, 1, 1);
      expect(without.least).toBeLessThanOrEqual(whole.least);
      expect(without.most).toBeGreaterThanOrEqual(whole.most);
    }
  });

  it('lets all cues together add and take a bounded amount', () => {
    expect(score(1, 1, -1e9).least).toBeCloseTo(chance(0.5 - 1), 12);
    expect(score(1, 1, 1e9).least).toBeCloseTo(chance(0.5 + 1), 12);
    expect(score(1, 1, null)).toEqual({ least: score(1, 1, -1e9).least, most: score(1, 1, 1e9).most });
  });

  it('of a signal that nobody measures is refused', () => {
    const model = { ...MODEL, terms: [term('nonsense')] };
    expect(() => combinedScore(signals(1, 1, 1), model, FEATURES)).toThrow(RangeError);
  });

  it.each([
    ['passed', { least: 0.5, most: 0.9 }],
    ['unmeasured', { least: 0.49, most: 0.9 }],
    ['unmeasured', { least: 0, most: 0.5 }],
    ['failed', { least: 0, most: 0.49 }],
  ] as const)('is %s between %j', (state, range) => {
    expect(judgeScore(range, 0.5)).toBe(state);
  });
});
