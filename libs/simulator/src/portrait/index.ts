export { framesFrom } from './frames-from.js';
export { type FaceFrame, type JawShape, jawWarp } from './jaw-warp.js';
export { samplePortrait, SamplePortraitMissingError } from './sample-portrait.js';
export { sceneWithoutFace } from './scene-without-face.js';
