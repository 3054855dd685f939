import { Random } from './random.js';

const draws = (random: Random): number[] => Array.from({ length: 5 }, () => random.between(0, 1));

describe('Random', () => {
  it('repeats itself for the same seed and differs for another seed or label', () => {
    expect(draws(new Random(1))).toEqual(draws(new Random(1)));
    expect(draws(new Random(1))).not.toEqual(draws(new Random(2)));
    expect(draws(new Random(1, 'a'))).not.toEqual(draws(new Random(1, 'b')));
    expect(draws(new Random(1, 'a').fork('x'))).not.toEqual(draws(new Random(1, 'b').fork('x')));
  });

  it('forks streams that do not depend on what was drawn before', () => {
    const used = new Random(1);
    draws(used);
    expect(draws(used.fork('x'))).toEqual(draws(new Random(1).fork('x')));
  });

  it('draws normal numbers', () => {
    const random = new Random(4);
    const values = Array.from({ length: 4000 }, () => random.normal());
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.06);
    expect(variance).toBeGreaterThan(0.92);
    expect(variance).toBeLessThan(1.08);
  });
});
