export { measureGamut } from './gamut.js';
export { measureCues } from './measure-cues.js';
export { type GamutCues, type RiskCues } from './risk-cues.js';
