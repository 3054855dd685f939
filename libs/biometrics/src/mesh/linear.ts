/** The element at `index` of a list known to be long enough. */
export const at = (list: ArrayLike<number>, index: number): number => list[index] as number;

/** The same for one type of list only: code that the compiler sees used with a single type runs several times faster. */
export const real = (list: Float64Array, index: number): number => list[index] as number;

/**
 * Solves A·x = b in place for a symmetric positive definite A (Cholesky).
 * @param a n × n, row by row; only the lower triangle is read, and it is overwritten by the factor.
 * @param b n values, overwritten by x.
 * @returns whether A was positive definite; if not, `b` holds nothing useful.
 */
export function solvePositiveDefinite(a: Float64Array, b: Float64Array): boolean {
  const n = b.length;
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = real(a, i * n + j);
      for (let k = 0; k < j; k++) sum -= real(a, i * n + k) * real(a, j * n + k);
      if (i > j) a[i * n + j] = sum / real(a, j * n + j);
      else if (sum > 0) a[j * n + j] = Math.sqrt(sum);
      else return false;
    }
  }
  for (let i = 0; i < n; i++) {
    let sum = real(b, i);
    for (let k = 0; k < i; k++) sum -= real(a, i * n + k) * real(b, k);
    b[i] = sum / real(a, i * n + i);
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = real(b, i);
    for (let k = i + 1; k < n; k++) sum -= real(a, k * n + i) * real(b, k);
    b[i] = sum / real(a, i * n + i);
  }
  return true;
}
