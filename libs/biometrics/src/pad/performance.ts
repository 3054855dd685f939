import { interOcularDistance } from '../geometry/landmarks.js';
import { type Action } from './challenge.js';
import { eyeAspectRatio, mouthAspectRatio } from './expression.js';
import { type LivenessFrame, type LivenessFrames, mostFrontal } from './frames.js';
import { framesPrescribedFor } from './prescribed-frames.js';
import { median, quantile } from './statistics.js';

const DEGREES = 180 / Math.PI;

/** How far one asked action went. */
export interface ActionMeasure {
  readonly action: Action;
  /**
   * The largest extent within the prescribed frames; `null` when none of them is usable. Turns: degrees of yaw towards the asked
   * side; nod: degrees of pitch either way from the capture's other frames; blink: eye aspect ratio over the capture's own upper quartile (small is
   * closed); mouth: mouth aspect ratio above the capture's own lower quartile; closer: ratio of inter-ocular distances.
   */
  readonly extent: number | null;
}

/**
 * Measures each asked action on the frames prescribed for it: turns against the most frontal frame, the rest against the
 * person's own values elsewhere in the capture, so that nobody is judged by another's face or by where the camera stands.
 */
export function measureActions(
  { frameCount, frames }: LivenessFrames,
  actions: readonly Action[],
): ActionMeasure[] {
  const reference = mostFrontal(frames);
  return actions.map((action, place) => {
    const prescribed = new Set(framesPrescribedFor(place, frameCount, actions));
    const within = frames.filter(({ index }) => prescribed.has(index));
    if (!reference || within.length === 0) return { action, extent: null };
    const outside = frames.filter(({ index }) => !prescribed.has(index));
    const extent = MEASURES[action]({ within, outside, all: frames, reference });
    return { action, extent: extent !== null && Number.isFinite(extent) ? extent : null };
  });
}

interface Scope {
  readonly within: readonly LivenessFrame[];
  readonly outside: readonly LivenessFrame[];
  readonly all: readonly LivenessFrame[];
  readonly reference: LivenessFrame;
}

const MEASURES: Record<Action, (scope: Scope) => number | null> = {
  turn_left: ({ within, reference }) => Math.max(...within.map((frame) => yawFrom(reference, frame))),
  turn_right: ({ within, reference }) => Math.max(...within.map((frame) => -yawFrom(reference, frame))),
  nod: ({ within, outside }) => {
    const level = median(outside.map(({ pose }) => pose.pitch));
    return level === null
      ? null
      : Math.max(...within.map(({ pose }) => Math.abs(pose.pitch - level) * DEGREES));
  },
  blink: ({ within, all }) => {
    const own = quantile(
      all.map(({ landmarks }) => eyeAspectRatio(landmarks)),
      0.75,
    );
    return own && Math.min(...within.map(({ landmarks }) => eyeAspectRatio(landmarks))) / own;
  },
  open_mouth: ({ within, all }) => {
    const own = quantile(
      all.map(({ landmarks }) => mouthAspectRatio(landmarks)),
      0.25,
    );
    return own === null
      ? null
      : Math.max(...within.map(({ landmarks }) => mouthAspectRatio(landmarks))) - own;
  },
  move_closer: ({ within, outside }) =>
    outside.length === 0
      ? null
      : Math.max(...within.map(eyeDistance)) / Math.min(...outside.map(eyeDistance)),
};

function yawFrom(reference: LivenessFrame, { pose }: LivenessFrame): number {
  return (pose.yaw - reference.pose.yaw) * DEGREES;
}

/** Turning shortens the distance between the eyes as coming closer lengthens it, so the turn is taken out. */
function eyeDistance({ landmarks, pose }: LivenessFrame): number {
  return interOcularDistance(landmarks) / Math.max(0.5, Math.cos(pose.yaw));
}
