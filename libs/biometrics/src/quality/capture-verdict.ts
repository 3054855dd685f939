import { type FaceQuality, QUALITY_COMPONENTS, type QualityComponent } from './face-quality.js';
import { failedComponent, FRAME_FLOORS } from './quality-limits.js';

export type FrameStatus = 'ok' | 'no_face' | 'multiple_faces' | 'unreadable';

/** Why a capture cannot be judged; each is a decision reason. */
export type ExtractionHalt =
  'no_face' | 'multiple_faces' | 'unreadable_frames' | `low_quality.${QualityComponent}`;

/** What extraction found in one frame. */
export interface FrameFinding {
  readonly index: number;
  readonly status: FrameStatus;
  /** Present exactly when `status` is `ok`. */
  readonly quality: FaceQuality | null;
}

export interface CaptureVerdict {
  readonly halt: ExtractionHalt | null;
  /** Indices of frames with one face of sufficient quality, in the order given. */
  readonly usable: readonly number[];
  /** Indices of the best frames, best first; empty when the capture halts. */
  readonly templateFrames: readonly number[];
}

const MIN_USABLE_FRAMES = 3;
const MAX_TEMPLATE_FRAMES = 3;

/** Beyond this the Laplacian measures beard and lighting rather than focus. */
const SHARP_ENOUGH = 60;

/** A frame worth less than this share of the best one would spoil the template rather than steady it. */
const COMPARABLE = 0.8;

/** Ties go to what the person can correct first. */
const HALT_ORDER: readonly ExtractionHalt[] = [
  'no_face',
  'multiple_faces',
  'unreadable_frames',
  ...QUALITY_COMPONENTS.map((component) => `low_quality.${component}` as const),
];

/**
 * Decides whether a capture's frames suffice: at least half of them and at least three must show one face of sufficient
 * quality; otherwise the most frequent failure is the reason. Whether the template is good enough is for the policy to say.
 */
export function judgeCapture(frames: readonly FrameFinding[]): CaptureVerdict {
  const failures = new Map<ExtractionHalt, number>();
  const usable: FrameFinding[] = [];
  for (const frame of frames) {
    const failure = frameFailure(frame);
    if (failure) failures.set(failure, (failures.get(failure) ?? 0) + 1);
    else usable.push(frame);
  }
  const indices = usable.map(({ index }) => index);
  const needed = Math.max(MIN_USABLE_FRAMES, Math.ceil(frames.length / 2));
  if (usable.length < needed) return { halt: mostFrequent(failures), usable: indices, templateFrames: [] };
  return { halt: null, usable: indices, templateFrames: bestFrames(usable) };
}

function frameFailure({ status, quality }: FrameFinding): ExtractionHalt | null {
  if (status === 'unreadable') return 'unreadable_frames';
  if (status !== 'ok') return status;
  if (!quality) return 'no_face';
  const component = failedComponent(quality, FRAME_FLOORS);
  return component && `low_quality.${component}`;
}

function mostFrequent(failures: ReadonlyMap<ExtractionHalt, number>): ExtractionHalt {
  const count = (halt: ExtractionHalt): number => failures.get(halt) ?? 0;
  const worst = HALT_ORDER.reduce(
    (most, halt) => (count(halt) > count(most) ? halt : most),
    HALT_ORDER[0] ?? 'no_face',
  );
  return count(worst) > 0 ? worst : 'unreadable_frames';
}

function bestFrames(usable: readonly FrameFinding[]): number[] {
  const ranked = usable
    .flatMap(({ index, quality }) => (quality ? [{ index, worth: worthOf(quality) }] : []))
    .sort((a, b) => b.worth - a.worth || a.index - b.index);
  const best = ranked[0]?.worth ?? 0;
  return ranked
    .filter(({ worth }) => worth >= COMPARABLE * best)
    .slice(0, MAX_TEMPLATE_FRAMES)
    .map(({ index }) => index);
}

/** 0 … 1: frontal, in focus, eyes open, mouth closed. */
function worthOf({ head_pose: pose, sharpness, eyes_open: eyes, mouth_closed: mouth }: FaceQuality): number {
  return (pose / 100) * Math.min(1, sharpness / SHARP_ENOUGH) * (0.5 + eyes / 200) * (0.5 + mouth / 200);
}
