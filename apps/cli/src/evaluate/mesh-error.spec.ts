import { canonicalFace, FACE_TRIANGLES, LANDMARK_STRIDE } from '#biometrics';
import { meshErrorMm } from './mesh-error.js';
import { distanceToTriangle } from './triangle.js';

describe('the error of a mesh', () => {
  const positions = Float32Array.from(canonicalFace());
  const head = { positions, triangles: Uint16Array.from(FACE_TRIANGLES) };

  it('is nothing for the same face elsewhere, turned and of another size', () => {
    const points = positions.map((value, i, all) => {
      const [x, y] = [all[i - (i % 3)] as number, all[i - (i % 3) + 1] as number];
      return [1.2 * (0.8 * x - 0.6 * y) + 5, 1.2 * (0.6 * x + 0.8 * y) - 3, 1.2 * value + 9][i % 3] as number;
    });
    expect(meshErrorMm({ points }, head)).toBeCloseTo(0, 3);
  });

  it('is the distance of the points that lie off the surface', () => {
    const points = positions.slice();
    const chin = 152;
    points[chin * LANDMARK_STRIDE + 1] = (points[chin * LANDMARK_STRIDE + 1] as number) + 10;
    const error = meshErrorMm({ points }, head);
    expect(error).toBeGreaterThan(5 / Math.sqrt(468));
    expect(error).toBeLessThanOrEqual(10.01 / Math.sqrt(468));
  });

  it('needs a whole head', () => {
    const part = { ...head, positions: positions.subarray(0, 300) };
    expect(() => meshErrorMm({ points: positions }, part)).toThrow(RangeError);
  });
});

describe('the distance to a triangle', () => {
  const triangle = [
    [0, 0, 0],
    [4, 0, 0],
    [0, 4, 0],
  ] as const;
  it.each([
    ['above', [1, 1, 3], 3],
    ['beside an edge', [2, -2, 0], 2],
    ['beyond a corner', [7, 0, 4], 5],
    ['on it', [1, 1, 0], 0],
  ] as const)('%s', (_, point, distance) => {
    expect(distanceToTriangle(point, ...triangle)).toBeCloseTo(distance, 9);
  });

  it('that has no area is that to its edges', () => {
    expect(distanceToTriangle([1, 3, 4], [0, 0, 0], [2, 0, 0], [1, 0, 0])).toBe(5);
  });
});
