import { type ScoreModel } from '../score/score-model.js';

// Made by `npm run calibrate:pad` from 732 rendered captures (120 bona fide) of 24 people: not to be edited by hand.

export const CALIBRATED_THRESHOLDS = {
  minStillness: 0.75,
  minHomographyResidual: 0.018,
  minQuadraticResidual: 0.0098,
  minPlaneSolidRatio: -0.2,
  maxForeshortening: 0.13,
  minConsistency: 0.45,
  minGroupConsistency: 0.785,
  minFlashRho: 0.6,
  maxFlashBackground: 0.35,
  minScore: 0.0504,
  minFlashScore: 0.14,
} as const;

export const CHALLENGE_SCORE: ScoreModel = {
  bias: -0.6377,
  terms: [
    {
      feature: 'stillness',
      weight: 0.2025,
      centre: 1.761,
      scale: 0.4647,
    },
    {
      feature: 'lrA',
      weight: 1.759,
      centre: 0.9024,
      scale: 0.813,
    },
    {
      feature: 'fore',
      weight: 0.8993,
      centre: -0.08159,
      scale: 0.09056,
    },
    {
      feature: 'tH',
      weight: 0.8796,
      centre: -3.864,
      scale: 0.5571,
    },
    {
      feature: 'tQ',
      weight: 0.8026,
      centre: -4.189,
      scale: 0.5882,
    },
  ],
  cues: [
    {
      feature: 'cue.moire',
      weight: 1.534,
      centre: -4.869,
      scale: 1.022,
    },
    {
      feature: 'cue.colourSpread',
      weight: 0.744,
      centre: 1.649,
      scale: 0.4835,
    },
    {
      feature: 'cue.skinSpread',
      weight: 0.7043,
      centre: 0.8984,
      scale: 0.229,
    },
    {
      feature: 'cue.blackLevel',
      weight: 0.2844,
      centre: 2.871,
      scale: 0.5093,
    },
    {
      feature: 'cue.noise',
      weight: 0.5938,
      centre: 0.1666,
      scale: 0.1025,
    },
    {
      feature: 'cue.noiseMismatch',
      weight: 0.2823,
      centre: -0.5053,
      scale: 0.5698,
    },
  ],
  cueBound: 1.148,
};

export const FLASH_SCORE: ScoreModel = {
  bias: -0.6458,
  terms: [
    {
      feature: 'flash.rho',
      weight: 1.358,
      centre: 0.7094,
      scale: 0.3717,
    },
    {
      feature: 'flash.gain',
      weight: 0.6352,
      centre: -3.432,
      scale: 2.106,
    },
    {
      feature: 'flash.sectors',
      weight: 0.3423,
      centre: 5.141,
      scale: 1.636,
    },
    {
      feature: 'flash.additive',
      weight: 0.8329,
      centre: -0.2908,
      scale: 0.8512,
    },
    {
      feature: 'flash.background',
      weight: 0.6766,
      centre: -0.1013,
      scale: 0.2354,
    },
    {
      feature: 'flash.spread',
      weight: 0.1485,
      centre: 0.4456,
      scale: 1.209,
    },
    {
      feature: 'flash.sideToCentre',
      weight: 0.1018,
      centre: -1.163,
      scale: 6.255,
    },
  ],
  cues: [],
  cueBound: 0,
};
