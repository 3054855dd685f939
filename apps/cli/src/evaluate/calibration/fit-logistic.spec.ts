import { Random } from '#simulator';
import { fitLogistic, type Observation, RIDGE } from './fit-logistic.js';

/** Drawn from a known model: log-odds 0.5 + 2·x₀ + 0·x₁, and x₂ that speaks against it. */
function drawn(count: number): Observation[] {
  const random = new Random(7, 'logistic');
  return Array.from({ length: count }, () => {
    const values = [random.normal(), random.normal(), random.normal()];
    const odds = 0.5 + 2 * (values[0] as number) - 1.5 * (values[2] as number);
    return { values, positive: random.between(0, 1) < 1 / (1 + Math.exp(-odds)), count: 1 };
  });
}

describe('fitLogistic', () => {
  const { bias, weights } = fitLogistic(drawn(1_500));

  it('finds what the observations were drawn from', () => {
    expect(bias).toBeGreaterThan(0.2);
    expect(weights[0]).toBeGreaterThan(1);
    expect(weights[1]).toBeLessThan(0.1);
  });

  it('gives no weight to what speaks the other way', () => expect(weights[2]).toBe(0));

  it('is the best of its kind: no step from it lowers the loss', () => {
    const observations = drawn(150);
    const fit = fitLogistic(observations);
    const best = loss(observations, fit.bias, fit.weights);
    for (const step of [-0.01, 0.01]) {
      expect(loss(observations, fit.bias + step, fit.weights)).toBeGreaterThan(best);
      fit.weights.forEach((weight, i) => {
        const moved = fit.weights.map((each, k) => (k === i ? weight + step : each));
        if (weight + step >= 0) expect(loss(observations, fit.bias, moved)).toBeGreaterThan(best);
      });
    }
  });

  it('counts an observation as often as it says', () => {
    const list = drawn(60);
    const twice = fitLogistic([...list, ...list.slice(0, 10)]);
    const counted = fitLogistic(list.map((each, i) => ({ ...each, count: i < 10 ? 2 : 1 })));
    expect(counted.bias).toBeCloseTo(twice.bias, 6);
    counted.weights.forEach((weight, i) => expect(weight).toBeCloseTo(twice.weights[i] ?? NaN, 6));
  });

  it('adds to an offset without a bias of its own', () => {
    const observations = drawn(200).map((each) => ({ ...each, offset: 2 * (each.values[0] ?? 0) }));
    expect(fitLogistic(observations, false).bias).toBe(0);
    expect(fitLogistic(observations, false).weights[0]).toBeLessThan(0.5);
  });

  it('of nothing is refused', () => expect(() => fitLogistic([])).toThrow(RangeError));
});

/** What is minimised: mean logistic loss and half the ridge of the weights. */
function loss(observations: readonly Observation[], bias: number, weights: readonly number[]): number {
  const total = observations.reduce((sum, { count }) => sum + count, 0);
  const losses = observations.map(({ values, positive, count }) => {
    const odds = values.reduce((sum, value, i) => sum + value * (weights[i] ?? 0), bias);
    return (count / total) * Math.log(1 + Math.exp(positive ? -odds : odds));
  });
  const ridge = weights.reduce((sum, weight) => sum + weight * weight, 0);
  return losses.reduce((sum, value) => sum + value, 0) + (RIDGE / 2) * ridge;
}
