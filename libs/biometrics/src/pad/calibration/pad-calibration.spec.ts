import { combinedScore, CUE_FEATURES, MOST_UNITS, type ScoreModel } from '../score/index.js';
import { CHALLENGE_FEATURES, FLASH_FEATURES } from '../score/features.js';
import { CALIBRATED_THRESHOLDS, CHALLENGE_SCORE, FLASH_SCORE } from './pad-calibration.data.js';
import { type LivenessSignals } from '../signals.js';

const logOdds = (chance: number): number => Math.log(chance / (1 - chance));

describe.each([
  ['challenge', CHALLENGE_SCORE, CHALLENGE_FEATURES, CALIBRATED_THRESHOLDS.minScore],
  ['flash', FLASH_SCORE, FLASH_FEATURES, CALIBRATED_THRESHOLDS.minFlashScore],
] as const)('the shipped score of the %s', (_, model: ScoreModel, features, threshold) => {
  it('knows every signal that it names', () => {
    const names = Object.keys({ ...features, ...CUE_FEATURES });
    expect(model.terms.length).toBeGreaterThan(2);
    for (const { feature, weight, scale } of [...model.terms, ...model.cues]) {
      expect(names).toContain(feature);
      expect(weight).toBeGreaterThan(0);
      expect(scale).toBeGreaterThan(0);
    }
  });

  it('passes what speaks for a live person throughout, and nothing that speaks against one throughout', () => {
    const reach = model.terms.reduce((sum, { weight }) => sum + MOST_UNITS * weight, 0);
    expect(model.bias + reach - model.cueBound).toBeGreaterThan(logOdds(threshold));
    expect(model.bias - reach + model.cueBound).toBeLessThan(logOdds(threshold));
  });

  it('says nothing of a capture of which nothing was measured', () => {
    const nothing = { actions: [], flash: null } as unknown as LivenessSignals;
    const { least, most } = combinedScore(nothing, model, { ...features, ...CUE_FEATURES });
    expect(least).toBeLessThan(threshold);
    expect(most).toBeGreaterThan(threshold);
  });
});
