export { combinedScore, type ScoreRange, unitsOf } from './combined-score.js';
export { CHALLENGE_FEATURES, CUE_FEATURES, type Feature, FLASH_FEATURES } from './features.js';
export { judgeScore } from './judge-score.js';
export { MOST_UNITS, type ScoreModel, type ScoreTerm } from './score-model.js';
