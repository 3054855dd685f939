import { ALIGNED_SIZE } from '../geometry/alignment.js';
import { interOcularDistance } from '../geometry/landmarks.js';
import { type HeadPose } from '../geometry/pose.js';

/** What is measured of each face; the names appear in reasons (`low_quality.<component>`) and must not change. */
export const QUALITY_COMPONENTS = ['size', 'brightness', 'contrast', 'sharpness', 'frontality'] as const;
export type QualityComponent = (typeof QUALITY_COMPONENTS)[number];

/** Quality components of one face (after ISO/IEC 29794-5), each in its own unit. */
export interface FaceQuality {
  /** Inter-ocular distance in the decoded frame: pixels, ≥ 0. */
  readonly size: number;
  /** Mean luma (Rec. 601) of the aligned face: 0 … 255. */
  readonly brightness: number;
  /** Standard deviation of its luma: 0 … 127.5. */
  readonly contrast: number;
  /** Variance of its 4-neighbour Laplacian, in grey levels²: 0 (uniform) … several thousand. */
  readonly sharpness: number;
  /** cos(yaw)·cos(pitch): 0 (profile) … 1 (straight at the camera). */
  readonly frontality: number;
}

/**
 * Measures a face.
 * @param aligned the 112×112 RGB picture of `alignFace`, values 0 … 255.
 * @param landmarks the 478 landmarks in pixels of the decoded frame.
 */
export function measureQuality(aligned: Float32Array, landmarks: Float32Array, pose: HeadPose): FaceQuality {
  const luma = lumaOf(aligned);
  const { mean, deviation } = moments(luma);
  return {
    size: interOcularDistance(landmarks),
    brightness: mean,
    contrast: deviation,
    sharpness: laplacianVariance(luma),
    frontality: Math.max(0, Math.cos(pose.yaw)) * Math.max(0, Math.cos(pose.pitch)),
  };
}

function lumaOf(rgb: Float32Array): Float32Array {
  const luma = new Float32Array(rgb.length / 3);
  for (let i = 0, at = 0; i < luma.length; i++, at += 3) {
    luma[i] = 0.299 * (rgb[at] as number) + 0.587 * (rgb[at + 1] as number) + 0.114 * (rgb[at + 2] as number);
  }
  return luma;
}

function laplacianVariance(luma: Float32Array): number {
  const inner = ALIGNED_SIZE - 2;
  const response = new Float32Array(inner * inner);
  for (let y = 0; y < inner; y++) {
    for (let x = 0; x < inner; x++) {
      const i = (y + 1) * ALIGNED_SIZE + x + 1;
      const beside = (luma[i - 1] as number) + (luma[i + 1] as number);
      const aboveAndBelow = (luma[i - ALIGNED_SIZE] as number) + (luma[i + ALIGNED_SIZE] as number);
      response[y * inner + x] = beside + aboveAndBelow - 4 * (luma[i] as number);
    }
  }
  return moments(response).deviation ** 2;
}

function moments(values: Float32Array): { mean: number; deviation: number } {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let square = 0;
  for (const value of values) square += (value - mean) ** 2;
  return { mean, deviation: Math.sqrt(square / values.length) };
}
