import { type Matrix3, type Point3 } from '#biometrics';
import { type Angles, anglesOf, multiply, rotationOf, transpose } from '../render/rigid.js';

/** The pose as a picture shows it: a rotation seen along the line of sight to where the thing is, not along the axis. */
export function apparentPose(rotation: Matrix3, [x, y, z]: Point3): Angles {
  const degrees = 180 / Math.PI;
  const sight = rotationOf({
    yawDeg: -Math.atan2(x, z) * degrees,
    pitchDeg: -Math.atan2(y, Math.hypot(x, z)) * degrees,
    rollDeg: 0,
  });
  return anglesOf(multiply(transpose(sight), rotation));
}
