import { LANDMARK_STRIDE } from './landmarks.js';
import { RIGID_POINTS } from './rigid-points.js';
import { fitRotation } from './rotation.js';

/**
 * Where the head points, in radians, seen in an un-mirrored frame: `yaw` > 0 towards the subject's own left, `pitch` > 0
 * downwards, `roll` > 0 tilted towards the subject's own left shoulder (clockwise in the picture). All zero: upright,
 * straight at the camera.
 */
export interface HeadPose {
  readonly yaw: number;
  readonly pitch: number;
  readonly roll: number;
}

/**
 * Head pose by Procrustes analysis: the rotation that best turns the rigid points of a mean frontal face into the
 * network's own x, y, z (Horn 1987), split as yaw · pitch · roll.
 * @param landmarks 478 × (x, y, z) in pixels.
 * @throws {RangeError} when there are too few landmarks or they coincide.
 */
export function estimatePose(landmarks: Float32Array): HeadPose {
  const observed = RIGID_POINTS.map(({ index }) => {
    const at = index * LANDMARK_STRIDE;
    return [landmarks[at] ?? NaN, landmarks[at + 1] ?? NaN, landmarks[at + 2] ?? NaN] as const;
  });
  const r = fitRotation(
    RIGID_POINTS.map(({ position }) => position),
    observed,
  );
  // The face looks along −z of its own frame.
  const forward = [-r[0][2], -r[1][2], -r[2][2]] as const;
  const yaw = Math.atan2(forward[0], -forward[2]);
  const pitch = Math.asin(Math.min(1, Math.max(-1, forward[1])));
  // With R = Ry(−yaw)·Rx(pitch)·Rz(roll) the middle row is (cos pitch·sin roll, cos pitch·cos roll, …).
  const roll = Math.atan2(r[1][0], r[1][1]);
  return { yaw, pitch, roll };
}
