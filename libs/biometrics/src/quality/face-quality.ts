import { type RgbImage } from '../geometry/landmarks.js';
import { type HeadPose } from '../geometry/pose.js';
import { compressionArtifacts } from './compression.js';
import { eyesOpen, mouthClosed } from './expression-quality.js';
import { cropOfTheFaceImage, headPose, interEyeDistance } from './framing.js';
import {
  dynamicRange,
  illuminationUniformity,
  lumaOf,
  overExposurePrevention,
  underExposurePrevention,
} from './light.js';
import { faceOcclusionPrevention } from './occlusion.js';
import { sharpness } from './sharpness.js';

/**
 * What is measured of each face, named after ISO/IEC 29794-5, in the order a person would correct it. The names appear in reasons
 * (`low_quality.<component>`) and must not change. Nothing here says who or what kind of person it is.
 */
export const QUALITY_COMPONENTS = [
  'inter_eye_distance',
  'crop_of_the_face_image',
  'under_exposure_prevention',
  'over_exposure_prevention',
  'dynamic_range',
  'illumination_uniformity',
  'sharpness',
  'compression_artifacts',
  'face_occlusion_prevention',
  'head_pose',
  'eyes_open',
  'mouth_closed',
] as const;
export type QualityComponent = (typeof QUALITY_COMPONENTS)[number];

/** Quality of one face: each component from 0 to 100, higher is better. */
export type FaceQuality = Readonly<Record<QualityComponent, number>>;

/** A face as it was found. */
export interface FaceSample {
  /** The decoded frame. */
  readonly image: RgbImage;
  /** The 112×112 RGB picture of `alignFace`, values 0 … 255. */
  readonly aligned: Float32Array;
  /** 478 × (x, y, z) in pixels of `image`. */
  readonly landmarks: Float32Array;
  readonly pose: HeadPose;
}

export function measureQuality({ image, aligned, landmarks, pose }: FaceSample): FaceQuality {
  const luma = lumaOf(aligned);
  return {
    inter_eye_distance: interEyeDistance(landmarks),
    crop_of_the_face_image: cropOfTheFaceImage(image, landmarks),
    under_exposure_prevention: underExposurePrevention(luma),
    over_exposure_prevention: overExposurePrevention(luma),
    dynamic_range: dynamicRange(luma),
    illumination_uniformity: illuminationUniformity(luma),
    sharpness: sharpness(luma),
    compression_artifacts: compressionArtifacts(image, landmarks),
    face_occlusion_prevention: faceOcclusionPrevention(aligned),
    head_pose: headPose(pose),
    eyes_open: eyesOpen(landmarks),
    mouth_closed: mouthClosed(landmarks),
  };
}

/** The mean of each component over several faces; `null` without any. */
export function meanQuality(qualities: readonly FaceQuality[]): FaceQuality | null {
  if (qualities.length === 0) return null;
  const mean = (component: QualityComponent): number =>
    qualities.reduce((sum, quality) => sum + quality[component], 0) / qualities.length;
  return Object.fromEntries(
    QUALITY_COMPONENTS.map((component) => [component, mean(component)]),
  ) as FaceQuality;
}
