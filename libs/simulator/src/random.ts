import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A reproducible source of randomness: the same seed and the same calls give the same numbers on every machine. */
export class Random {
  private readonly generator: ReturnType<typeof xoroshiro128plus>;

  /** @param seed any integer; labels make independent streams of one seed. */
  constructor(
    private readonly seed: number,
    private readonly label = '',
  ) {
    this.generator = xoroshiro128plus(hash(`${seed}/${label}`));
  }

  /** Another stream of the same seed, so that drawing more for one purpose changes nothing for the others. */
  fork(label: string): Random {
    return new Random(this.seed, `${this.label}/${label}`);
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * uniformFloat64(this.generator);
  }

  /** Uniform integer in 0 … n − 1. */
  integer(n: number): number {
    return Math.floor(this.between(0, n));
  }

  sign(): 1 | -1 {
    return this.between(0, 1) < 0.5 ? -1 : 1;
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[this.integer(from.length)];
    if (picked === undefined) throw new RangeError('nothing to pick from');
    return picked;
  }

  /** Normally distributed with mean 0 and deviation 1 (Box and Muller 1958). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.between(0, 1)));
    return radius * Math.cos(2 * Math.PI * this.between(0, 1));
  }
}

/** FNV-1a, 32 bits: spreads neighbouring seeds and labels over the generator's states. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const letter of text) value = Math.imul(value ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  return value | 0;
}
