import { type Action } from '#biometrics';
import { type Angles } from '../render/rigid.js';

/** Kinds of presentation attack (ISO/IEC 30107-3: species of instrument) that can be rendered. */
export const SPECIES = [
  'print',
  'print_over_rotated',
  'bent_print',
  'still',
  'kenburns',
  'screen_replay',
  'resubmission',
] as const;
export type Species = (typeof SPECIES)[number];

/**
 * What was rendered, seen along the line of sight from the camera to it (the apparent pose, which is what a picture shows);
 * degrees as `estimatePose` defines them. For a flat instrument: the pose of the paper or screen.
 */
export interface FrameTruth extends Angles {
  /** What the subject does in this frame, or the attacker imitates. */
  readonly action?: Action;
}

export interface SimulatedFrame {
  readonly jpeg: Buffer;
  /** Milliseconds since the capture began. */
  readonly tMs: number;
  readonly truth: FrameTruth;
}

/** A capture nobody ever gave: every frame was rendered. */
export interface SimulatedCapture {
  readonly synthetic: true;
  readonly label: 'bona_fide' | 'attack';
  readonly species?: Species;
  readonly challenge: readonly Action[];
  readonly seed: number;
  readonly frames: readonly SimulatedFrame[];
}

export interface CaptureOptions {
  /** The actions asked for, in order; each needs a frame after the first. */
  readonly challenge: readonly Action[];
  readonly seed: number;
  /** 2 … 12; by default 8. */
  readonly frameCount?: number;
  /** By default drawn by the seed. */
  readonly device?: 'webcam' | 'phone';
}

export const DEFAULT_FRAME_COUNT = 8;
