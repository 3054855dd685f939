import { type Matrix3, type Point3, rotatePoint } from '../../geometry/rotation.js';

/** The rotation about `axis` by its length in radians (Rodrigues). */
export function incrementalRotation(axis: Point3): Matrix3 {
  const angle = Math.hypot(...axis);
  const [x, y, z] = angle > 0 ? axis.map((value) => value / angle) : [0, 0, 0];
  const [a, b, c] = [x ?? 0, y ?? 0, z ?? 0];
  const s = Math.sin(angle);
  const v = 1 - Math.cos(angle);
  return [
    [1 - v * (b * b + c * c), v * a * b - s * c, v * a * c + s * b],
    [v * a * b + s * c, 1 - v * (a * a + c * c), v * b * c - s * a],
    [v * a * c - s * b, v * b * c + s * a, 1 - v * (a * a + b * b)],
  ];
}

/** The axis whose length is the angle of `rotation`, 0 … π radians; the inverse of {@link incrementalRotation}. */
export function rotationAxis(rotation: Matrix3): Point3 {
  const [[xx, xy, xz], [yx, yy, yz], [zx, zy, zz]] = rotation;
  const angle = Math.acos(Math.min(1, Math.max(-1, (xx + yy + zz - 1) / 2)));
  const factor = angle < 1e-9 ? 0.5 : angle / (2 * Math.sin(angle));
  return [factor * (zy - yz), factor * (xz - zx), factor * (yx - xy)];
}

/** a · b. */
export function multiply(a: Matrix3, b: Matrix3): Matrix3 {
  const [p, q, r] = transpose(b).map((column) => rotatePoint(a, column)) as [Point3, Point3, Point3];
  return transpose([p, q, r]);
}

export function transpose([[a, b, c], [d, e, f], [g, h, i]]: Matrix3): Matrix3 {
  return [
    [a, d, g],
    [b, e, h],
    [c, f, i],
  ];
}
