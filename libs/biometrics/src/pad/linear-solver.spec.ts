import { leastSquares, solve } from './linear-solver.js';
import { median, quantile } from './statistics.js';

describe('solve', () => {
  it('solves a system whose first pivot is zero', () => {
    const solution = solve(Float64Array.of(0, 2, 1, 1), [Float64Array.of(4, 5), Float64Array.of(2, 1)]);
    expect(solution?.map((column) => [...column])).toEqual([
      [3, 2],
      [0, 1],
    ]);
  });

  it('has no answer for a singular system', () => {
    expect(solve(Float64Array.of(1, 2, 2, 4), [Float64Array.of(1, 2)])).toBeNull();
    expect(solve(new Float64Array(4), [Float64Array.of(1, 2)])).toBeNull();
  });

  it('refuses one that is not square', () => {
    expect(() => solve(new Float64Array(5), [new Float64Array(2)])).toThrow(RangeError);
  });
});

describe('leastSquares', () => {
  it('finds the line of least distance', () => {
    const rows = Float64Array.of(1, 0, 1, 1, 1, 2, 1, 3);
    const [line] = leastSquares(rows, 2, [Float64Array.of(1, 3.2, 4.8, 7)]) ?? [];
    expect(line?.[0]).toBeCloseTo(1.06, 9);
    expect(line?.[1]).toBeCloseTo(1.96, 9);
  });
});

describe('quantiles', () => {
  it('interpolate', () => {
    expect(quantile([4, 1, 3, 2], 0.25)).toBe(1.75);
    expect(median([5, 1, 9])).toBe(5);
    expect(median([])).toBeNull();
  });
});
