import { type Matrix3 } from '#biometrics';

const RADIANS = Math.PI / 180;

/** Angles as `estimatePose` defines them, in degrees: yaw > 0 towards the subject's own left, pitch > 0 down. */
export interface Angles {
  readonly yawDeg: number;
  readonly pitchDeg: number;
  readonly rollDeg: number;
}

/** Ry(−yaw) · Rx(pitch) · Rz(roll). */
export function rotationOf({ yawDeg, pitchDeg, rollDeg }: Angles): Matrix3 {
  const [cy, sy] = [Math.cos(-yawDeg * RADIANS), Math.sin(-yawDeg * RADIANS)];
  const [cp, sp] = [Math.cos(pitchDeg * RADIANS), Math.sin(pitchDeg * RADIANS)];
  const [cr, sr] = [Math.cos(rollDeg * RADIANS), Math.sin(rollDeg * RADIANS)];
  return [
    [cy * cr + sy * sp * sr, -cy * sr + sy * sp * cr, sy * cp],
    [cp * sr, cp * cr, -sp],
    [-sy * cr + cy * sp * sr, sy * sr + cy * sp * cr, cy * cp],
  ];
}

/** The angles of a rotation, by the inverse of {@link rotationOf}. */
export function anglesOf(r: Matrix3): Angles {
  return {
    yawDeg: Math.atan2(-r[0][2], r[2][2]) / RADIANS,
    pitchDeg: Math.asin(Math.min(1, Math.max(-1, -r[1][2]))) / RADIANS,
    rollDeg: Math.atan2(r[1][0], r[1][1]) / RADIANS,
  };
}

export function transpose(m: Matrix3): Matrix3 {
  return [
    [m[0][0], m[1][0], m[2][0]],
    [m[0][1], m[1][1], m[2][1]],
    [m[0][2], m[1][2], m[2][2]],
  ];
}

export function multiply(a: Matrix3, b: Matrix3): Matrix3 {
  const t = transpose(b);
  const row = ([x, y, z]: readonly [number, number, number]): [number, number, number] => [
    x * t[0][0] + y * t[0][1] + z * t[0][2],
    x * t[1][0] + y * t[1][1] + z * t[1][2],
    x * t[2][0] + y * t[2][1] + z * t[2][2],
  ];
  return [row(a[0]), row(a[1]), row(a[2])];
}

/** out = R · (p − pivot) + pivot + shift, for a list of (x, y, z). */
export function transformPoints(
  points: Float32Array,
  r: Matrix3,
  pivot: readonly [number, number, number],
  shift: readonly [number, number, number],
): Float32Array {
  const out = new Float32Array(points.length);
  for (let i = 0; i < points.length; i += 3) {
    const x = (points[i] as number) - pivot[0];
    const y = (points[i + 1] as number) - pivot[1];
    const z = (points[i + 2] as number) - pivot[2];
    out[i] = r[0][0] * x + r[0][1] * y + r[0][2] * z + pivot[0] + shift[0];
    out[i + 1] = r[1][0] * x + r[1][1] * y + r[1][2] * z + pivot[1] + shift[1];
    out[i + 2] = r[2][0] * x + r[2][1] * y + r[2][2] * z + pivot[2] + shift[2];
  }
  return out;
}
