/**
 * Solves A·x = b for several right-hand sides by Gaussian elimination with partial pivoting.
 * @param a n × n, row by row; not changed.
 * @param sides right-hand sides of length n; not changed.
 * @returns the solutions, or `null` when A is singular to working precision.
 */
export function solve(a: Float64Array, sides: readonly Float64Array[]): Float64Array[] | null {
  const n = sides[0]?.length ?? 0;
  if (n === 0 || a.length !== n * n)
    throw new RangeError('a linear system is square and has a right-hand side');
  const columns = n + sides.length;
  const m = augmented(a, sides, n, columns);
  const scale = a.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  for (let pivot = 0; pivot < n; pivot++) {
    let best = pivot;
    for (let row = pivot + 1; row < n; row++) {
      if (Math.abs(m[row * columns + pivot] as number) > Math.abs(m[best * columns + pivot] as number))
        best = row;
    }
    const value = m[best * columns + pivot] as number;
    if (!(Math.abs(value) > scale * 1e-13)) return null;
    swapRows(m, best, pivot, columns);
    for (let row = 0; row < n; row++) {
      if (row === pivot) continue;
      const factor = (m[row * columns + pivot] as number) / value;
      if (factor === 0) continue;
      for (let k = pivot; k < columns; k++)
        m[row * columns + k] = (m[row * columns + k] as number) - factor * (m[pivot * columns + k] as number);
    }
  }
  return sides.map((_, s) =>
    Float64Array.from(
      { length: n },
      (_, row) => (m[row * columns + n + s] as number) / (m[row * columns + row] as number),
    ),
  );
}

/**
 * Least squares by the normal equations: the coefficients that minimise Σ (row·c − target)².
 * @param rows one list of `unknowns` values per equation, end to end.
 * @param targets one list of values per right-hand side.
 * @returns one list of coefficients per right-hand side, or `null` when the equations do not determine them.
 */
export function leastSquares(
  rows: Float64Array,
  unknowns: number,
  targets: readonly Float64Array[],
): Float64Array[] | null {
  const normal = new Float64Array(unknowns * unknowns);
  const sides = targets.map(() => new Float64Array(unknowns));
  for (let at = 0, equation = 0; at < rows.length; at += unknowns, equation++) {
    for (let i = 0; i < unknowns; i++) {
      const value = rows[at + i] as number;
      if (value === 0) continue;
      for (let j = i; j < unknowns; j++)
        normal[i * unknowns + j] = (normal[i * unknowns + j] as number) + value * (rows[at + j] as number);
      for (let s = 0; s < sides.length; s++) {
        const side = sides[s] as Float64Array;
        side[i] = (side[i] as number) + value * ((targets[s] as Float64Array)[equation] as number);
      }
    }
  }
  for (let i = 1; i < unknowns; i++)
    for (let j = 0; j < i; j++) normal[i * unknowns + j] = normal[j * unknowns + i] as number;
  return solve(normal, sides);
}

function augmented(
  a: Float64Array,
  sides: readonly Float64Array[],
  n: number,
  columns: number,
): Float64Array {
  const m = new Float64Array(n * columns);
  for (let row = 0; row < n; row++) {
    for (let k = 0; k < n; k++) m[row * columns + k] = a[row * n + k] as number;
    sides.forEach((side, s) => (m[row * columns + n + s] = side[row] as number));
  }
  return m;
}

function swapRows(m: Float64Array, one: number, other: number, columns: number): void {
  if (one === other) return;
  for (let k = 0; k < columns; k++) {
    const kept = m[one * columns + k] as number;
    m[one * columns + k] = m[other * columns + k] as number;
    m[other * columns + k] = kept;
  }
}
