import { type Projection } from './projection.js';

/**
 * Bits in which two hashes differ.
 * @throws {RangeError} on hashes of unequal length.
 */
export function hammingDistance(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) throw new RangeError('hashes of unequal length are not comparable');
  let bits = 0;
  for (let i = 0; i < a.length; i++) bits += ONES[(a[i] as number) ^ (b[i] as number)] as number;
  return bits;
}

const ONES = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);

/**
 * How many frames of one capture come again in another one in the same order: the longest common subsequence (Wagner and
 * Fischer 1974) where two frames count as equal when at most `mostBits` bits differ. 0 … the shorter capture's length.
 * Chance makes one pair alike; it does not make several alike in order.
 */
export function countNearDuplicates(
  ordered: readonly Projection[],
  other: readonly Projection[],
  mostBits: number,
): number {
  let above = new Array<number>(other.length + 1).fill(0);
  for (const projection of ordered) {
    const row = [0];
    other.forEach((candidate, i) => {
      const alike = hammingDistance(projection, candidate) <= mostBits;
      row.push(alike ? (above[i] as number) + 1 : Math.max(above[i + 1] as number, row[i] as number));
    });
    above = row;
  }
  return above[other.length] as number;
}
