import { type Action } from '#biometrics';
import { type Angles } from '../render/rigid.js';

/** Kinds of presentation attack (ISO/IEC 30107-3: species of instrument) that can be rendered. */
export const SPECIES = [
  'print',
  'print_over_rotated',
  'bent_print',
  'cut_out_print',
  'still',
  'kenburns',
  'screen_replay',
  'screen_replay_wrong_challenge',
  'screen_replay_other_flash',
  'injection',
  'injection_other_flash',
  'injection_tinted_frame',
  'injection_tinted_face',
  'face_swap',
  'rendered_head',
  'resubmission',
] as const;
export type Species = (typeof SPECIES)[number];

/** Those that differ from another one only where the challenge has a flash. */
export const FLASH_SPECIES: readonly Species[] = [
  'screen_replay_other_flash',
  'injection_other_flash',
  'injection_tinted_frame',
  'injection_tinted_face',
];

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
  /** The colours asked for, one a frame; what the frames show of them is another matter. */
  readonly flash?: readonly string[];
  readonly seed: number;
  readonly frames: readonly SimulatedFrame[];
}

export interface CaptureOptions {
  /** The actions asked for, in order; each needs a frame after the first. */
  readonly challenge: readonly Action[];
  readonly seed: number;
  /** 2 … 12; by default 8, or one a colour. */
  readonly frameCount?: number;
  /** Colours that the screen around the camera shows, `#rrggbb`, one a frame. */
  readonly flash?: readonly string[];
  /** By default drawn by the seed. */
  readonly device?: 'webcam' | 'phone';
  /** Pixels along each side of a frame, as a share of 640 × 480; by default 1. */
  readonly resolution?: number;
  /** Captures of one desk have one room, camera and light; by default each has its own. */
  readonly desk?: number;
  /** Light of the room where there is a flash: lux; by default drawn by the seed, 50 … 500. */
  readonly ambientLux?: number;
}

export const DEFAULT_FRAME_COUNT = 8;

/** How many frames a capture has: as many as colours, if there are any. */
export function frameCountOf({ frameCount, flash }: CaptureOptions): number {
  return flash?.length ?? frameCount ?? DEFAULT_FRAME_COUNT;
}
