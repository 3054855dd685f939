export type Point3 = readonly [x: number, y: number, z: number];
export type Matrix3 = readonly [Point3, Point3, Point3];

const SWEEPS = 12;

/**
 * The rotation R that minimises Σ |s·R·from + t − to|² over rotation, scale and shift (Horn 1987, by the quaternion
 * that belongs to the largest eigenvalue of a symmetric 4×4 matrix).
 * @throws {RangeError} on unequal counts, fewer than three points, or points that coincide or are not finite.
 */
export function fitRotation(from: readonly Point3[], to: readonly Point3[]): Matrix3 {
  if (from.length !== to.length || from.length < 3)
    throw new RangeError('a rotation needs three or more pairs of points');
  const s = covariance(from, to);
  const magnitude = s.flat().reduce((sum, value) => sum + Math.abs(value), 0);
  if (!(magnitude > 0) || !Number.isFinite(magnitude))
    throw new RangeError('a rotation needs distinct, finite points');
  const [[xx, xy, xz], [yx, yy, yz], [zx, zy, zz]] = s;
  const quaternion = dominantEigenvector([
    [xx + yy + zz, yz - zy, zx - xz, xy - yx],
    [yz - zy, xx - yy - zz, xy + yx, zx + xz],
    [zx - xz, xy + yx, yy - xx - zz, yz + zy],
    [xy - yx, zx + xz, yz + zy, zz - xx - yy],
  ]);
  return toMatrix(quaternion);
}

/** R · point. */
export function rotatePoint(rotation: Matrix3, [x, y, z]: Point3): Point3 {
  const row = ([a, b, c]: Point3): number => a * x + b * y + c * z;
  return [row(rotation[0]), row(rotation[1]), row(rotation[2])];
}

function covariance(from: readonly Point3[], to: readonly Point3[]): Matrix3 {
  const p = mean(from);
  const q = mean(to);
  const sum = [
    [0, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
  ] as [number[], number[], number[]];
  from.forEach((point, k) => {
    const target = to[k] ?? q;
    sum.forEach((row, i) =>
      row.forEach(
        (_, j) =>
          (row[j] = (row[j] ?? 0) + ((point[i] ?? 0) - (p[i] ?? 0)) * ((target[j] ?? 0) - (q[j] ?? 0))),
      ),
    );
  });
  return sum as unknown as Matrix3;
}

function mean(points: readonly Point3[]): Point3 {
  const at = (axis: 0 | 1 | 2): number => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  return [at(0), at(1), at(2)];
}

/** Jacobi's method: rotates away the off-diagonal elements; exact enough after a few sweeps of a 4×4 matrix. */
function dominantEigenvector(matrix: number[][]): number[] {
  const a = matrix.map((row) => [...row]);
  const v = matrix.map((row, i) => row.map((_, j) => (i === j ? 1 : 0)));
  const get = (m: number[][], i: number, j: number): number => m[i]?.[j] ?? 0;
  const combine = (m: number[][], row: number, i: number, j: number, c: number, s: number): void => {
    const [x, y] = [get(m, row, i), get(m, row, j)];
    const line = m[row] ?? [];
    line[i] = c * x - s * y;
    line[j] = s * x + c * y;
  };
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (let i = 0; i < 3; i++) {
      for (let j = i + 1; j < 4; j++) {
        if (get(a, i, j) === 0) continue;
        const angle = 0.5 * Math.atan2(2 * get(a, i, j), get(a, j, j) - get(a, i, i));
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        for (let k = 0; k < 4; k++) combine(a, k, i, j, c, s);
        const [upper, lower] = [[...(a[i] ?? [])], [...(a[j] ?? [])]];
        a[i] = upper.map((x, k) => c * x - s * (lower[k] ?? 0));
        a[j] = upper.map((x, k) => s * x + c * (lower[k] ?? 0));
        for (let k = 0; k < 4; k++) combine(v, k, i, j, c, s);
      }
    }
  }
  const largest = [0, 1, 2, 3].reduce((best, i) => (get(a, i, i) > get(a, best, best) ? i : best), 0);
  return v.map((row) => row[largest] ?? 0);
}

function toMatrix([w = 1, x = 0, y = 0, z = 0]: number[]): Matrix3 {
  return [
    [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
    [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
    [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
  ];
}
