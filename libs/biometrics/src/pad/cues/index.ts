export { type GamutCues, measureGamut } from './gamut.js';
export { measureCues } from './measure-cues.js';
export { type RiskCues } from './risk-cues.js';
