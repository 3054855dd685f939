/** One observation: standardised values, whether it is of the positive class, and how much it counts. */
export interface Observation {
  readonly values: readonly number[];
  readonly positive: boolean;
  readonly count: number;
  /** Log-odds known beforehand, which the fit adds to. */
  readonly offset?: number;
}

export interface LogisticFit {
  readonly bias: number;
  /** ≥ 0 */
  readonly weights: readonly number[];
}

const ROUNDS = 2_000;
/** Ridge penalty for each unit of count: shares weight among signals that tell the same, and keeps it finite where they tell all. */
export const RIDGE = 0.03;

/**
 * Logistic regression whose weights are not negative, by accelerated projected gradient descent (Beck and Teboulle 2009): convex, so the
 * same observations give the same fit.
 * @param fitBias false keeps the bias at 0, for terms that only add to an offset
 * @throws {RangeError} without observations
 */
export function fitLogistic(observations: readonly Observation[], fitBias = true): LogisticFit {
  const [first] = observations;
  if (!first) throw new RangeError('nothing to fit');
  const size = first.values.length;
  const total = observations.reduce((sum, { count }) => sum + count, 0);
  const largest = observations.reduce(
    (sum, { values, count }) => sum + count * (1 + values.reduce((squares, v) => squares + v * v, 0)),
    0,
  );
  // The gradient's Lipschitz constant is at most a quarter of the largest eigenvalue, which the trace bounds.
  const step = 1 / ((0.25 * largest) / total + RIDGE);
  let point = new Float64Array(size + 1);
  let ahead = point;
  let momentum = 1;
  for (let round = 0; round < ROUNDS; round++) {
    const slope = gradient(observations, ahead, total);
    const next = ahead.map((value, i) => {
      const moved = value - step * ((slope[i] as number) + (i < size ? RIDGE * value : 0));
      if (i === size) return fitBias ? moved : 0;
      return Math.max(0, moved);
    });
    const faster = (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
    const before = point;
    ahead = next.map((value, i) => value + ((momentum - 1) / faster) * (value - (before[i] as number)));
    [point, momentum] = [next, faster];
  }
  return { bias: point[size] as number, weights: Array.from(point.subarray(0, size)) };
}

function gradient(
  observations: readonly Observation[],
  parameters: Float64Array,
  total: number,
): Float64Array {
  const size = parameters.length - 1;
  const slope = new Float64Array(size + 1);
  for (const { values, positive, count, offset = 0 } of observations) {
    let odds = offset + (parameters[size] as number);
    for (let i = 0; i < size; i++) odds += (parameters[i] as number) * (values[i] as number);
    const error = ((1 / (1 + Math.exp(-odds)) - (positive ? 1 : 0)) * count) / total;
    for (let i = 0; i < size; i++) slope[i] = (slope[i] as number) + error * (values[i] as number);
    slope[size] = (slope[size] as number) + error;
  }
  return slope;
}
