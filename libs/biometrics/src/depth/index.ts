export { type FrameBox, type PriorDepthMap } from './depth-map.js';
export { faceBox } from './face-box.js';
export { type ParallaxReconstruction, reconstructParallax } from './parallax/reconstruct.js';
export { priorDepth } from './prior-depth.js';
