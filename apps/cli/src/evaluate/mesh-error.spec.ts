import { canonicalFace, LANDMARK_STRIDE } from '#biometrics';
import { meshErrorMm } from './mesh-error.js';

describe('the error of a mesh', () => {
  const head = Float32Array.from(canonicalFace());

  it('is nothing for the same face elsewhere, turned and of another size', () => {
    const points = head.map((value, i, all) => {
      const [x, y] = [all[i - (i % 3)] as number, all[i - (i % 3) + 1] as number];
      return [1.2 * (0.8 * x - 0.6 * y) + 5, 1.2 * (0.6 * x + 0.8 * y) - 3, 1.2 * value + 9][i % 3] as number;
    });
    expect(meshErrorMm({ points }, head)).toBeCloseTo(0, 3);
  });

  it('is the distance of the points that lie elsewhere', () => {
    const points = head.slice();
    const chin = 152;
    points[chin * LANDMARK_STRIDE + 1] = (points[chin * LANDMARK_STRIDE + 1] as number) + 10;
    expect(meshErrorMm({ points }, head)).toBeCloseTo(10 / Math.sqrt(468), 2);
  });

  it('needs a whole head', () => {
    expect(() => meshErrorMm({ points: head }, head.subarray(0, 300))).toThrow(RangeError);
  });
});
