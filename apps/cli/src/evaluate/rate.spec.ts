import { areaUnderCurve, quantile, rateOf } from './rate.js';

describe('a rate', () => {
  it('has the Wilson bounds that tables give', () => {
    const { rate, lower, upper } = rateOf(3, 100);
    expect(rate).toBeCloseTo(0.03, 10);
    expect(lower).toBeCloseTo(0.01025, 4);
    expect(upper).toBeCloseTo(0.08452, 4);
  });

  it('never claims zero for no event', () => {
    expect(rateOf(0, 100)).toMatchObject({ rate: 0, lower: 0 });
    expect(rateOf(0, 100).upper).toBeCloseTo(0.037, 3);
    expect(rateOf(100, 100).lower).toBeCloseTo(0.963, 3);
  });

  it.each([
    [-1, 10],
    [11, 10],
    [0, 0],
    [0.5, 10],
  ])('refuses %d of %d', (events, n) => expect(() => rateOf(events, n)).toThrow(RangeError));
});

describe('a quantile', () => {
  it('is a value of the sample', () => {
    expect(quantile([3, 1, 2], 0.5)).toBe(2);
    expect(quantile([3, 1, 2], 0)).toBe(1);
    expect(quantile([3, 1, 2], 1)).toBe(3);
    expect(quantile([], 0.5)).toBeNull();
  });
});

describe('the area under the curve', () => {
  it('counts pairs in order, and ties half', () => {
    expect(areaUnderCurve([3, 4], [1, 2])).toBe(1);
    expect(areaUnderCurve([1, 2], [3, 4])).toBe(0);
    expect(areaUnderCurve([1, 2], [1])).toBe(0.75);
  });

  it('is unknown without values', () => expect(areaUnderCurve([], [1])).toBeNull());
});
