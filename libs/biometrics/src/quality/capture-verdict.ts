import { type FaceQuality, type QualityComponent } from './face-quality.js';
import { DEFAULT_QUALITY_LIMITS, failedComponent, isFrontal, type QualityLimits } from './quality-limits.js';

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
  /** Indices of the best frontal frames, best first; empty when the capture halts. */
  readonly templateFrames: readonly number[];
}

const MIN_USABLE_FRAMES = 3;
const MAX_TEMPLATE_FRAMES = 3;

/** Beyond this the Laplacian measures beard and lighting rather than focus. */
const SHARP_ENOUGH = 60;

/** Ties go to what the person can correct first. */
const HALT_ORDER: readonly ExtractionHalt[] = [
  'no_face',
  'multiple_faces',
  'unreadable_frames',
  'low_quality.size',
  'low_quality.brightness',
  'low_quality.contrast',
  'low_quality.sharpness',
  'low_quality.frontality',
];

/**
 * Decides whether a capture's frames suffice: at least half of them and at least three must show one face of sufficient
 * quality, one of those frontally; otherwise the most frequent failure is the reason.
 */
export function judgeCapture(
  frames: readonly FrameFinding[],
  limits: QualityLimits = DEFAULT_QUALITY_LIMITS,
): CaptureVerdict {
  const failures = new Map<ExtractionHalt, number>();
  const usable: FrameFinding[] = [];
  for (const frame of frames) {
    const failure = frameFailure(frame, limits);
    if (failure) failures.set(failure, (failures.get(failure) ?? 0) + 1);
    else usable.push(frame);
  }
  const indices = usable.map(({ index }) => index);
  const needed = Math.max(MIN_USABLE_FRAMES, Math.ceil(frames.length / 2));
  if (usable.length < needed) return { halt: mostFrequent(failures), usable: indices, templateFrames: [] };
  const templateFrames = bestFrontal(usable, limits);
  return {
    halt: templateFrames.length > 0 ? null : 'low_quality.frontality',
    usable: indices,
    templateFrames,
  };
}

function frameFailure({ status, quality }: FrameFinding, limits: QualityLimits): ExtractionHalt | null {
  if (status === 'unreadable') return 'unreadable_frames';
  if (status !== 'ok') return status;
  if (!quality) return 'no_face';
  const component = failedComponent(quality, limits);
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

function bestFrontal(usable: readonly FrameFinding[], limits: QualityLimits): number[] {
  return usable
    .flatMap(({ index, quality }) =>
      quality && isFrontal(quality, limits) ? [{ index, worth: worthOf(quality) }] : [],
    )
    .sort((a, b) => b.worth - a.worth || a.index - b.index)
    .slice(0, MAX_TEMPLATE_FRAMES)
    .map(({ index }) => index);
}

function worthOf({ frontality, sharpness }: FaceQuality): number {
  return frontality * Math.min(1, sharpness / SHARP_ENOUGH);
}
