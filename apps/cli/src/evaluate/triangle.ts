export type Point = readonly [x: number, y: number, z: number];

const minus = (a: Point, b: Point): Point => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const dot = (a: Point, b: Point): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const along = (from: Point, to: Point, share: number): Point => [
  from[0] + share * (to[0] - from[0]),
  from[1] + share * (to[1] - from[1]),
  from[2] + share * (to[2] - from[2]),
];

/** Distance from a point to the nearest one of a triangle, corners and edges included. */
export function distanceToTriangle(point: Point, a: Point, b: Point, c: Point): number {
  return Math.sqrt(
    Math.min(
      squaredToPlane(point, a, b, c),
      squaredToEdge(point, a, b),
      squaredToEdge(point, b, c),
      squaredToEdge(point, c, a),
    ),
  );
}

/** Infinite where the foot of the perpendicular lies outside the triangle: there an edge is nearer. */
function squaredToPlane(point: Point, a: Point, b: Point, c: Point): number {
  const [u, v, w] = [minus(b, a), minus(c, a), minus(point, a)];
  const [uu, uv, vv, wu, wv] = [dot(u, u), dot(u, v), dot(v, v), dot(w, u), dot(w, v)];
  const area = uu * vv - uv * uv;
  const [s, t] = [(vv * wu - uv * wv) / area, (uu * wv - uv * wu) / area];
  if (!(s >= 0 && t >= 0 && s + t <= 1)) return Infinity;
  const across = minus(w, [s * u[0] + t * v[0], s * u[1] + t * v[1], s * u[2] + t * v[2]]);
  return dot(across, across);
}

function squaredToEdge(point: Point, from: Point, to: Point): number {
  const edge = minus(to, from);
  const length = dot(edge, edge);
  const share = length > 0 ? Math.min(1, Math.max(0, dot(minus(point, from), edge) / length)) : 0;
  const across = minus(point, along(from, to, share));
  return dot(across, across);
}
