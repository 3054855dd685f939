export { decodeFrame } from './decode-frame.js';
