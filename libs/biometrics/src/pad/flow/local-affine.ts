import { LANDMARK_STRIDE, landmarkAt } from '../../geometry/landmarks.js';
import { leastSquares } from '../linear-solver.js';

/** A patch's motion: an offset (dx, dy) from its centre goes to (x + xx·dx + xy·dy, y + yx·dx + yy·dy). Pixels. */
export interface PatchMotion {
  readonly x: number;
  readonly y: number;
  readonly xx: number;
  readonly xy: number;
  readonly yx: number;
  readonly yy: number;
}

/** The face's points; the irises move on their own. */
const SKIN_LANDMARKS = 468;

/** The landmarks nearest to landmark `index` (itself among them) in the image plane of `landmarks`. */
export function nearestLandmarks(landmarks: Float32Array, index: number, count: number): number[] {
  const centre = landmarkAt(landmarks, index);
  const distance = (other: number): number => {
    const at = other * LANDMARK_STRIDE;
    return Math.hypot((landmarks[at] as number) - centre.x, (landmarks[at + 1] as number) - centre.y);
  };
  return Array.from({ length: SKIN_LANDMARKS }, (_, other) => ({ other, away: distance(other) }))
    .sort((a, b) => a.away - b.away)
    .slice(0, count)
    .map(({ other }) => other);
}

/**
 * Where the landmarks say a patch goes: the affine map of its neighbourhood, by least squares.
 * @returns `null` when the neighbours lie on a line.
 */
export function predictMotion(
  from: Float32Array,
  to: Float32Array,
  index: number,
  neighbours: readonly number[],
): PatchMotion | null {
  const centre = landmarkAt(from, index);
  const rows = new Float64Array(neighbours.length * 3);
  const [xs, ys] = [new Float64Array(neighbours.length), new Float64Array(neighbours.length)];
  neighbours.forEach((other, i) => {
    const [source, target] = [landmarkAt(from, other), landmarkAt(to, other)];
    rows.set([1, source.x - centre.x, source.y - centre.y], i * 3);
    xs[i] = target.x;
    ys[i] = target.y;
  });
  const solution = leastSquares(rows, 3, [xs, ys]);
  if (!solution) return null;
  const [[x, xx, xy], [y, yx, yy]] = solution as unknown as [number[], number[]];
  return { x, xx, xy, y, yx, yy } as PatchMotion;
}
