export { ALIGNED_SIZE, alignFace, faceAlignment } from './alignment.js';
export {
  CANONICAL_IPD_MM,
  canonicalFace,
  FACE_TRIANGLES,
  LANDMARK_MIRROR_PAIRS,
  SKIN_TRIANGLE_COUNT,
} from './canonical-face.js';
export { decodeLandmarks, encodeLandmarks, LandmarkCodecError } from './landmark-codec.js';
export { type LandmarkFrame } from './landmark-frame.js';
export {
  interOcularDistance,
  LANDMARK_COUNT,
  LANDMARK_STRIDE,
  landmarkAt,
  landmarkMidpoint,
  leftEyeCentre,
  type Point2,
  type RgbImage,
  rightEyeCentre,
} from './landmarks.js';
export { meanShape, type MirrorPair, type ShapePoint } from './mean-shape.js';
export { estimatePose, type HeadPose } from './pose.js';
export { RIGID_POINTS } from './rigid-points.js';
export { fitRotation, type Matrix3, type Point3, rotatePoint } from './rotation.js';
export {
  applySimilarity,
  fitSimilarity,
  invertSimilarity,
  type Similarity,
  similarityScale,
} from './similarity.js';
