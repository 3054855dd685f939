export { encodeDepthPng } from './depth-png.js';
export { encodeGlb } from './glb.js';
export { encodeObj } from './obj.js';
export { encodeOverlay, type OverlayFormat } from './overlay.js';
