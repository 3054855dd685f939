import { cpus, totalmem } from 'node:os';

/** One measured quantity over its repetitions; the unit stands in the name of what it measures. */
export interface BenchResult {
  readonly name: string;
  readonly unit: 'ms' | 'us' | 'MB' | 'captures/s';
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly n: number;
  /** Given for latencies. */
  readonly p95?: number;
}

/** A quotient of two medians of one run: what a noisy machine can still tell. */
export interface BenchRatio {
  readonly name: string;
  readonly value: number;
  /** Least and greatest quotient of paired repetitions. */
  readonly spread: readonly [number, number];
}

export interface BenchReport {
  readonly suite: string;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memoryGb: number;
    readonly node: string;
  };
  readonly results: readonly BenchResult[];
  readonly ratios: readonly BenchRatio[];
}

export function report(suite: string, results: BenchResult[], ratios: BenchRatio[] = []): BenchReport {
  const [first] = cpus();
  const machine = {
    cpu: first?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
  return { suite, machine, results, ratios };
}

/** Summarises repetitions. @throws RangeError when there are none */
export function summarise(name: string, unit: BenchResult['unit'], values: readonly number[]): BenchResult {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (fraction: number) =>
    round(sorted[Math.min(sorted.length - 1, Math.floor(fraction * sorted.length))] ?? NaN);
  if (sorted.length === 0) throw new RangeError(`No measurement of ${name}`);
  const latency = unit === 'ms' || unit === 'us' ? { p95: at(0.95) } : {};
  return { name, unit, median: at(0.5), min: at(0), max: at(1), n: sorted.length, ...latency };
}

/** The quotient of paired repetitions `slow[i] / fast[i]`. */
export function quotient(name: string, slow: readonly number[], fast: readonly number[]): BenchRatio {
  const quotients = slow.map((value, index) => value / (fast[index] ?? NaN)).sort((a, b) => a - b);
  const middle = quotients[Math.floor(quotients.length / 2)] ?? NaN;
  return { name, value: round(middle), spread: [round(quotients[0] ?? NaN), round(quotients.at(-1) ?? NaN)] };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
