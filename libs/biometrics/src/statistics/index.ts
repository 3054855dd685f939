export { type Rate, rateOf } from './rate.js';
