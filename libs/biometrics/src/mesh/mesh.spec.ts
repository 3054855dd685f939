import { canonicalFace, FACE_TRIANGLES } from '../geometry/canonical-face.js';
import { LANDMARK_COUNT } from '../geometry/landmarks.js';
import { syntheticHead, syntheticTracks } from '../testing/synthetic-head.js';
import { alignShape, pointAt } from './align-shape.js';
import { vertexNormals } from './face-model.js';
import { fuseMesh } from './fuse-mesh.js';
import { solvePositiveDefinite } from './linear.js';

/** RMS distance of corresponding points in millimetres, after the best alignment. */
function error(points: ArrayLike<number>, truth: Float32Array): number {
  const aligned = alignShape(points, truth);
  const squares = truth.reduce((sum, value, i) => sum + (value - (aligned[i] ?? NaN)) ** 2, 0);
  return Math.sqrt(squares / LANDMARK_COUNT);
}

const quantile = (values: readonly number[], q: number): number =>
  [...values].sort((a, b) => a - b)[Math.round(q * (values.length - 1))] ?? NaN;

const SEEDS = Array.from({ length: 16 }, (_, i) => i + 1);

describe('fuseMesh', () => {
  const run = (frames: number): number[] =>
    SEEDS.map((seed) => {
      const head = syntheticHead(seed);
      return error(fuseMesh(syntheticTracks(head, 100 + seed, { frames })).points, head);
    });

  it('recovers unknown heads from noisy perspective views, better than the mean face and than a single frame', () => {
    const fused = run(8);
    const single = run(1);
    const mean = SEEDS.map((seed) => error(canonicalFace(), syntheticHead(seed)));
    expect(quantile(fused, 0.5)).toBeLessThan(2);
    expect(quantile(fused, 0.9)).toBeLessThan(2.6);
    expect(quantile(fused, 0.5)).toBeLessThan(0.75 * quantile(single, 0.5));
    expect(quantile(fused, 0.5)).toBeLessThan(0.65 * quantile(mean, 0.5));
  });

  it('says that its scale is assumed, and keeps to it', () => {
    const mesh = fuseMesh(syntheticTracks(syntheticHead(3), 3));
    expect(mesh.scale).toEqual({ assumed: true, interPupillaryMm: 63 });
    const [a, b, c, d] = [33, 133, 362, 263].map((index) => pointAt(mesh.points, index)[0]);
    expect(((c ?? 0) + (d ?? 0) - (a ?? 0) - (b ?? 0)) / 2).toBeCloseTo(63, 0);
    expect(mesh.residualRmsMm).toBeGreaterThan(0.3);
    expect(mesh.residualRmsMm).toBeLessThan(3);
    expect(mesh.triangles).toHaveLength(FACE_TRIANGLES.length);
  });

  it('leaves out frames with an open mouth', () => {
    const lowerLip = new Set([14, 87, 178, 317, 402, 88, 318, 95, 324]);
    const closed = syntheticTracks(syntheticHead(4), 4, { noise: 0.003 });
    const frames = closed.map((frame, f) => ({
      ...frame,
      landmarks: frame.landmarks.map((value, i) =>
        f % 2 && i % 3 === 1 && lowerLip.has((i - 1) / 3) ? value + 25 : value,
      ),
    }));
    expect(fuseMesh(closed).frames).toBe(8);
    expect(fuseMesh(frames).frames).toBe(4);
    expect(error(fuseMesh(frames).points, syntheticHead(4))).toBeLessThan(2.5);
  });

  it('refuses no frames and landmarks that are missing or not finite', () => {
    const [frame] = syntheticTracks(syntheticHead(1), 1);
    if (!frame) throw new Error('no frame');
    expect(() => fuseMesh([])).toThrow(RangeError);
    expect(() => fuseMesh([{ ...frame, landmarks: new Float32Array(30) }])).toThrow(RangeError);
    expect(() =>
      fuseMesh([{ ...frame, landmarks: frame.landmarks.map((v, i) => (i === 7 ? NaN : v)) }]),
    ).toThrow(RangeError);
    expect(() => fuseMesh([{ ...frame, landmarks: new Float32Array(frame.landmarks.length) }])).toThrow(
      RangeError,
    );
  });
});

describe('vertexNormals', () => {
  it('gives unit vectors out of the face', () => {
    const points = canonicalFace();
    const normals = vertexNormals({ points, triangles: FACE_TRIANGLES });
    for (let i = 0; i < 468; i++) expect(Math.hypot(...pointAt(normals, i))).toBeCloseTo(1, 4);
    expect(pointAt(normals, 4)[2]).toBeLessThan(-0.6);
    expect(pointAt(normals, 151)[2]).toBeLessThan(-0.6);
    expect(pointAt(normals, 234)[0]).toBeLessThan(-0.5);
    expect(pointAt(normals, 454)[0]).toBeGreaterThan(0.5);
  });
});

describe('solvePositiveDefinite', () => {
  it('solves, and says when it cannot', () => {
    const b = Float64Array.of(10, 8);
    expect(solvePositiveDefinite(Float64Array.of(4, 2, 2, 3), b)).toBe(true);
    expect([...b]).toEqual([expect.closeTo(1.75), expect.closeTo(1.5)]);
    expect(solvePositiveDefinite(Float64Array.of(1, 2, 2, 1), Float64Array.of(1, 1))).toBe(false);
  });
});
