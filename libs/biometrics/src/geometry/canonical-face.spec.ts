import {
  CANONICAL_IPD_MM,
  canonicalFace,
  FACE_TRIANGLES,
  LANDMARK_MIRROR_PAIRS,
  SKIN_TRIANGLE_COUNT,
} from './canonical-face.js';
import { interOcularDistance, LANDMARK_COUNT } from './landmarks.js';
import { estimatePose } from './pose.js';

const face = canonicalFace();
const at = (i: number): number[] => [...face.subarray(3 * i, 3 * i + 3)];

describe('canonicalFace', () => {
  it('has 478 landmarks in millimetres, eyes 63 mm apart around the origin, looking straight ahead', () => {
    expect(face).toHaveLength(3 * LANDMARK_COUNT);
    expect(interOcularDistance(face)).toBeCloseTo(CANONICAL_IPD_MM, 1);
    const eyes = [33, 133, 362, 263].map(at);
    [0, 1, 2].forEach((axis) =>
      expect(eyes.reduce((sum, point) => sum + (point[axis] ?? NaN), 0)).toBeCloseTo(0, 0),
    );
    const pose = estimatePose(face);
    Object.values(pose).forEach((angle: number) => expect(Math.abs(angle)).toBeLessThan(0.01));
  });

  it('has the proportions of a head: nose in front, jaw corners behind, chin below', () => {
    const [nose, ear, chin] = [at(1), at(454), at(152)];
    expect((ear[2] ?? 0) - (nose[2] ?? 0)).toBeGreaterThan(85);
    expect((ear[2] ?? 0) - (nose[2] ?? 0)).toBeLessThan(120);
    expect(chin[1]).toBeGreaterThan(90);
    expect(chin[1]).toBeLessThan(125);
  });

  it('is symmetric, and every landmark is paired once', () => {
    expect(new Set(LANDMARK_MIRROR_PAIRS.flat()).size).toBe(LANDMARK_COUNT);
    for (const [a, b] of LANDMARK_MIRROR_PAIRS) {
      const [p, q] = [at(a), at(b)];
      expect(p[0]).toBeCloseTo(-(q[0] ?? NaN), 1);
      expect(p[1]).toBeCloseTo(q[1] ?? NaN, 1);
      expect(p[2]).toBeCloseTo(q[2] ?? NaN, 1);
    }
  });
});

describe('FACE_TRIANGLES', () => {
  const triangles = Array.from({ length: FACE_TRIANGLES.length / 3 }, (_, i) =>
    FACE_TRIANGLES.slice(3 * i, 3 * i + 3),
  );

  it('is one closed sheet: every edge is shared by two triangles in opposite directions, except the oval', () => {
    expect(triangles).toHaveLength(SKIN_TRIANGLE_COUNT + 46);
    const edges = triangles.flatMap(([a, b, c]) => [`${a},${b}`, `${b},${c}`, `${c},${a}`]);
    const directed = new Set(edges);
    expect(directed.size).toBe(edges.length);
    const open = edges.filter((edge) => !directed.has(edge.split(',').reverse().join()));
    expect(open).toHaveLength(36);
    for (const edge of ['10,338', '454,323', '152,148'])
      expect(open.some((e) => e === edge || e === edge.split(',').reverse().join())).toBe(true);
  });

  it('faces the camera', () => {
    const signed = triangles.map(([a = 0, b = 0, c = 0]) => {
      const [p, q, r] = [at(a), at(b), at(c)] as [number[], number[], number[]];
      const d = (u: number[], axis: number): number => (u[axis] ?? 0) - (p[axis] ?? 0);
      return d(q, 0) * d(r, 1) - d(q, 1) * d(r, 0);
    });
    expect(signed.filter((area) => area > 0).length / signed.length).toBeGreaterThan(0.9);
  });
});
