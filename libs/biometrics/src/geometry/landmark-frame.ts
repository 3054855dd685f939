import { type HeadPose } from './pose.js';

/** The landmarks of one frame of a capture. */
export interface LandmarkFrame {
  /** Place of the frame in its capture, from 0. */
  readonly index: number;
  /** Size of the decoded frame in pixels. */
  readonly width: number;
  readonly height: number;
  /** 478 × (x, y, z) in pixels of the decoded frame. */
  readonly landmarks: Float32Array;
  /** Radians. */
  readonly pose: HeadPose;
}
