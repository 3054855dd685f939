import { type Point2 } from './landmarks.js';

/** A rotation, uniform scale and shift of the plane: x' = a·x − b·y + tx, y' = b·x + a·y + ty. */
export interface Similarity {
  readonly a: number;
  readonly b: number;
  readonly tx: number;
  readonly ty: number;
}

/**
 * The similarity that carries `from` onto `to` with the least sum of squared distances (Umeyama 1991, without
 * reflection; in the plane it has this closed form).
 * @param from at least two distinct points.
 * @param to as many points, in the same order.
 * @throws {RangeError} on unequal counts, fewer than two points, or points that all coincide.
 */
export function fitSimilarity(from: readonly Point2[], to: readonly Point2[]): Similarity {
  if (from.length !== to.length || from.length < 2)
    throw new RangeError('a similarity needs two or more pairs of points');
  const p = centroid(from);
  const q = centroid(to);
  let dot = 0;
  let cross = 0;
  let spread = 0;
  from.forEach((point, i) => {
    const target = to[i] ?? q;
    const x = point.x - p.x;
    const y = point.y - p.y;
    const u = target.x - q.x;
    const v = target.y - q.y;
    dot += x * u + y * v;
    cross += x * v - y * u;
    spread += x * x + y * y;
  });
  if (!(spread > 0) || !Number.isFinite(dot + cross))
    throw new RangeError('a similarity needs distinct, finite points');
  const a = dot / spread;
  const b = cross / spread;
  return { a, b, tx: q.x - a * p.x + b * p.y, ty: q.y - b * p.x - a * p.y };
}

/** The point a similarity carries `point` to. */
export function applySimilarity({ a, b, tx, ty }: Similarity, { x, y }: Point2): Point2 {
  return { x: a * x - b * y + tx, y: b * x + a * y + ty };
}

/**
 * The similarity that undoes `similarity`.
 * @throws {RangeError} when its scale is zero.
 */
export function invertSimilarity({ a, b, tx, ty }: Similarity): Similarity {
  const square = a * a + b * b;
  if (!(square > 0)) throw new RangeError('a similarity of scale zero has no inverse');
  const ia = a / square;
  const ib = -b / square;
  return { a: ia, b: ib, tx: -(ia * tx - ib * ty), ty: -(ib * tx + ia * ty) };
}

/** Uniform scale factor of a similarity (> 1 enlarges). */
export const similarityScale = ({ a, b }: Similarity): number => Math.hypot(a, b);

function centroid(points: readonly Point2[]): Point2 {
  const sum = points.reduce((total, point) => ({ x: total.x + point.x, y: total.y + point.y }), {
    x: 0,
    y: 0,
  });
  return { x: sum.x / points.length, y: sum.y / points.length };
}
