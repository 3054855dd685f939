import { drawFlash, type FlashColour } from './sequence.js';

export const OTHER_SEQUENCES = 1_000;

const drawn = new Map<number, readonly (readonly FlashColour[])[]>();

/**
 * A thousand sequences by the server's own rule, the same ones every time, so that a measurement can be repeated. They are
 * what chance is compared with, no secret.
 */
export function otherSequences(length: number): readonly (readonly FlashColour[])[] {
  let sequences = drawn.get(length);
  if (!sequences) {
    const randomInt = counted(length);
    sequences = Array.from({ length: OTHER_SEQUENCES }, () => drawFlash(length, randomInt));
    drawn.set(length, sequences);
  }
  return sequences;
}

/** Reproducible integers (Mulberry32 by T. Ettinger): good enough to stand for chance, and the same on every machine. */
function counted(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}
