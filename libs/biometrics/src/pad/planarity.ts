import { type LivenessFrame, mostFrontal } from './frames.js';
import { frontShape, relativeAspect } from './proportions.js';
import { planeError, rigidShape, solidError } from './rigid-fit.js';

/** Radians of yaw, and change of proportions as a logarithm, either of which shows that something turned. */
const LEAST_YAW = (8 * Math.PI) / 180;
const LEAST_NARROWING = 0.09;

/**
 * lrA, the log ratio of two explanations of the rigid landmarks' motion from the most frontal frame to those that turned:
 * ½·ln(Σ plane² / Σ solid²). The plane moves by an affine map, the solid is the reference frame's own landmarks in space,
 * turned, scaled and shifted; both have six parameters, so neither is favoured. Natural logarithm of a ratio of
 * distances, about −2 … 2: negative when a flat picture explains the motion better than a head. A frame counts as turned by
 * its yaw or by getting narrower, since paper fools the yaw; what does not turn leaves only the network's noise to explain.
 * @returns `null` when no frame turned, or when a fit fails.
 */
export function measurePlanarity(frames: readonly LivenessFrame[]): number | null {
  const reference = mostFrontal(frames);
  if (!reference) return null;
  const from = rigidShape(reference.landmarks);
  let [plane, solid] = [0, 0];
  for (const frame of frames) {
    if (frame === reference || !hasTurned(reference, frame)) continue;
    const to = rigidShape(frame.landmarks);
    plane += planeError(from, to);
    solid += solidError(from, to);
  }
  const ratio = Math.log(plane / solid) / 2;
  return Number.isFinite(ratio) ? ratio : null;
}

function hasTurned(reference: LivenessFrame, frame: LivenessFrame): boolean {
  if (Math.abs(frame.pose.yaw - reference.pose.yaw) >= LEAST_YAW) return true;
  const aspect = relativeAspect(frontShape(reference.landmarks), frontShape(frame.landmarks));
  return Math.abs(Math.log(aspect)) >= LEAST_NARROWING;
}
