import { type LivenessFrame, mostFrontal } from './frames.js';
import { frontShape, relativeAspect } from './proportions.js';

const LEAST_OTHERS = 2;
/** Radians; a nod changes a face's height by its relief, which the prediction does not know. */
const LARGEST_NOD = (10 * Math.PI) / 180;

/**
 * How much narrower the face gets than the turn explains in which the landmark network believes: for each frame, the ratio
 * of width to height of the face's front relative to the most frontal frame, against cos(yaw) relative to that frame; the
 * largest ln(predicted / measured), at least 0. Paper turned far enough to fool the yaw shrinks more than a head would;
 * getting too wide is what strong turns of a real nose do, and no sign of paper.
 * Frames that nod more than 10° away from the reference are left out.
 * @returns `null` when fewer than two frames remain.
 */
export function measureForeshortening(frames: readonly LivenessFrame[]): number | null {
  const reference = mostFrontal(frames);
  if (!reference) return null;
  const from = frontShape(reference.landmarks);
  const losses = frames
    .filter((frame) => frame !== reference)
    .filter(({ pose }) => Math.abs(pose.pitch - reference.pose.pitch) <= LARGEST_NOD)
    .map(({ landmarks, pose }) => {
      const predicted = Math.cos(pose.yaw) / Math.cos(reference.pose.yaw);
      return Math.log(predicted / relativeAspect(from, frontShape(landmarks)));
    })
    .filter(Number.isFinite);
  return losses.length >= LEAST_OTHERS ? Math.max(0, ...losses) : null;
}
