import { type HeadPose } from '../geometry/pose.js';
import { type GamutCues } from './cues/risk-cues.js';
import { type ColourSample } from './flash/frame-colours.js';

/** A grey picture, row by row, one value per pixel: luma (Rec. 601), 0 … 255. */
export interface GrayImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Float32Array;
}

/** One frame that shows one face of sufficient quality. */
export interface LivenessFrame {
  /** Place among all frames of the capture, usable or not: 0 … `frameCount` − 1. */
  readonly index: number;
  readonly gray: GrayImage;
  /** 478 × (x, y, z) in pixels of `gray`. */
  readonly landmarks: Float32Array;
  readonly pose: HeadPose;
  /** Read where the challenge had a flash. */
  readonly colours?: ColourSample;
  /** Read where the picture has colours. */
  readonly gamut?: GamutCues;
  /** Milliseconds since the first frame, as the client says: never trusted, kept for people to look at. */
  readonly tMs: number;
}

/** What the liveness signals are measured on. */
export interface LivenessFrames {
  /** How many frames were submitted; the prescribed mapping of frames to actions rests on it. */
  readonly frameCount: number;
  /** The usable ones, by rising `index`. */
  readonly frames: readonly LivenessFrame[];
}

/** Angle between straight ahead and where the head points, in radians: 0 (frontal) … π. */
export function turnedAway({ yaw, pitch }: HeadPose): number {
  return Math.acos(Math.min(1, Math.max(-1, Math.cos(yaw) * Math.cos(pitch))));
}

/** The frame that looks most straight at the camera; ties go to the earlier one. `null` when there is none. */
export function mostFrontal(frames: readonly LivenessFrame[]): LivenessFrame | null {
  let best: LivenessFrame | null = null;
  for (const frame of frames) {
    if (!best || turnedAway(frame.pose) < turnedAway(best.pose)) best = frame;
  }
  return best;
}

/** Luma (Rec. 601) of an RGB picture with 8 bits a channel. */
export function grayOf(width: number, height: number, rgb: Uint8Array): GrayImage {
  const data = new Uint8Array(width * height);
  for (let i = 0, at = 0; i < data.length; i++, at += 3) {
    const red = rgb[at] as number;
    const green = rgb[at + 1] as number;
    const blue = rgb[at + 2] as number;
    data[i] = (77 * red + 150 * green + 29 * blue + 128) >> 8;
  }
  return { width, height, data };
}
