import { interOcularDistance, type LandmarkFrame } from '#biometrics';

/** A frame much smaller than another loses more than a slight turn does. */
const TURN_WEIGHT = 2;

/**
 * The frame that shows most of the face: as frontal and as large as possible.
 * @throws {RangeError} without frames.
 */
export function bestFrame<Frame extends LandmarkFrame>(frames: readonly Frame[]): Frame {
  const worth = ({ pose, landmarks }: LandmarkFrame): number =>
    interOcularDistance(landmarks) * (Math.cos(pose.yaw) * Math.cos(pose.pitch)) ** TURN_WEIGHT;
  const [first, ...rest] = frames;
  if (!first) throw new RangeError('a capture without usable frames has no best one');
  return rest.reduce((best, frame) => (worth(frame) > worth(best) ? frame : best), first);
}
