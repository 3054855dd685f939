import { type ScoreModel } from '../score/score-model.js';

export const CALIBRATED_THRESHOLDS = {
  minStillness: 0.75,
  minHomographyResidual: 0.018,
  minQuadraticResidual: 0.0098,
  minPlaneSolidRatio: -0.2,
  maxForeshortening: 0.13,
  minConsistency: 0.45,
  minGroupConsistency: 0.8,
  minFlashRho: 0.6,
  maxFlashBackground: 0.35,
  minScore: 0,
  minFlashScore: 0,
} as const;
export const CHALLENGE_SCORE: ScoreModel = { bias: 0, terms: [], cues: [], cueBound: 0 };
export const FLASH_SCORE: ScoreModel = { bias: 0, terms: [], cues: [], cueBound: 0 };
