import { leastSquares } from '../linear-solver.js';

/** Points of one image and where they lie in another, x and y alternating: two lists of 2·n values. */
export interface Tracks {
  readonly from: Float64Array;
  readonly to: Float64Array;
}

/** Squared distance between each mapped point and its counterpart, in the unit of `to` squared; `null` without a fit. */
export type Fit = (fitted: Tracks, measured: Tracks) => Float64Array | null;

/**
 * Plane-to-plane homography by the direct linear transform on normalised points (Hartley 1997), with the weights of two
 * further rounds that turn its algebraic error into distance. Exact for a flat picture under perspective.
 * Needs four points, no three on a line.
 */
export const fitHomography: Fit = (fitted, measured) => {
  const [source, target] = [normaliser(fitted.from), normaliser(fitted.to)];
  const [from, to] = [apply(source, fitted.from), apply(target, fitted.to)];
  let h: Float64Array | null = null;
  for (let round = 0; round < 3; round++) {
    h = solveHomography(from, to, h);
    if (!h) return null;
  }
  const [p, q] = [apply(source, measured.from), apply(target, measured.to)];
  return squaredErrors(p, q, target.scale, (x, y) => projected(h as Float64Array, x, y));
};

/**
 * Second-order polynomial warp of each coordinate in x and y (six coefficients each) by least squares on normalised points.
 * Close to what a gently bent picture does under a distant camera. Needs six points not on a conic.
 */
export const fitQuadratic: Fit = (fitted, measured) => {
  const [source, target] = [normaliser(fitted.from), normaliser(fitted.to)];
  const [from, to] = [apply(source, fitted.from), apply(target, fitted.to)];
  const count = from.length / 2;
  const rows = new Float64Array(count * 6);
  const [xs, ys] = [new Float64Array(count), new Float64Array(count)];
  for (let i = 0; i < count; i++) {
    const [x, y] = [from[2 * i] as number, from[2 * i + 1] as number];
    rows.set([1, x, y, x * x, x * y, y * y], i * 6);
    xs[i] = to[2 * i] as number;
    ys[i] = to[2 * i + 1] as number;
  }
  const solution = leastSquares(rows, 6, [xs, ys]);
  if (!solution) return null;
  const [a, b] = solution as [Float64Array, Float64Array];
  const value = (c: Float64Array, x: number, y: number): number =>
    (c[0] as number) +
    (c[1] as number) * x +
    (c[2] as number) * y +
    (c[3] as number) * x * x +
    (c[4] as number) * x * y +
    (c[5] as number) * y * y;
  const [p, q] = [apply(source, measured.from), apply(target, measured.to)];
  return squaredErrors(p, q, target.scale, (x, y) => [value(a, x, y), value(b, x, y)]);
};

/** The eight free coefficients of a homography whose ninth is 1: the origin, the points' centre, stays finite. */
function solveHomography(
  from: Float64Array,
  to: Float64Array,
  previous: Float64Array | null,
): Float64Array | null {
  const count = from.length / 2;
  const rows = new Float64Array(count * 2 * 8);
  const targets = new Float64Array(count * 2);
  for (let i = 0; i < count; i++) {
    const [x, y] = [from[2 * i] as number, from[2 * i + 1] as number];
    const [u, v] = [to[2 * i] as number, to[2 * i + 1] as number];
    const depth = previous ? (previous[6] as number) * x + (previous[7] as number) * y + 1 : 1;
    if (!(depth > 1e-3)) return null;
    const w = 1 / depth;
    rows.set([w * x, w * y, w, 0, 0, 0, -w * u * x, -w * u * y], i * 16);
    rows.set([0, 0, 0, w * x, w * y, w, -w * v * x, -w * v * y], i * 16 + 8);
    targets[2 * i] = w * u;
    targets[2 * i + 1] = w * v;
  }
  return leastSquares(rows, 8, [targets])?.[0] ?? null;
}

function projected(h: Float64Array, x: number, y: number): [number, number] {
  const [a, b, c, d, e, f, g, k] = h as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const depth = g * x + k * y + 1;
  return [(a * x + b * y + c) / depth, (d * x + e * y + f) / depth];
}

interface Normaliser {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

/** Centroid to the origin, mean distance from it to √2. */
function normaliser(points: Float64Array): Normaliser {
  const count = points.length / 2;
  let [x, y, away] = [0, 0, 0];
  for (let i = 0; i < points.length; i += 2) {
    x += (points[i] as number) / count;
    y += (points[i + 1] as number) / count;
  }
  for (let i = 0; i < points.length; i += 2)
    away += Math.hypot((points[i] as number) - x, (points[i + 1] as number) - y) / count;
  return { x, y, scale: Math.SQRT2 / away };
}

function apply({ x, y, scale }: Normaliser, points: Float64Array): Float64Array {
  return points.map((value, i) => (value - (i % 2 === 0 ? x : y)) * scale);
}

function squaredErrors(
  from: Float64Array,
  to: Float64Array,
  scale: number,
  map: (x: number, y: number) => [number, number],
): Float64Array {
  return Float64Array.from({ length: from.length / 2 }, (_, i) => {
    const [u, v] = map(from[2 * i] as number, from[2 * i + 1] as number);
    return ((u - (to[2 * i] as number)) ** 2 + (v - (to[2 * i + 1] as number)) ** 2) / scale ** 2;
  });
}
