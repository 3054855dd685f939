import { performance } from 'node:perf_hooks';

/** Does `work` and says how many milliseconds it took. */
export async function timed<Result>(
  work: () => Result | Promise<Result>,
): Promise<readonly [result: Result, ms: number]> {
  const start = performance.now();
  const result = await work();
  return [result, performance.now() - start];
}
