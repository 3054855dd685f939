import { type LivenessFrame } from '../frames.js';
import { landmarkBox, shrink } from '../gray.js';

/** Bits of a projection. */
export const PROJECTION_BITS = 256;

/** Cells along each side of the square that is projected: the face and a little around it. */
const CELLS = 32;
const MARGIN = 0.15;
/** Half a side, in cells, of the surroundings whose mean is taken out: what remains is this frame, not any face. */
const SURROUNDINGS = 2;

/** One sign for every cell of every bit. */
export const PROJECTION_KEY_BYTES = (PROJECTION_BITS * CELLS * CELLS) / 8;

/** A frame's keyed perceptual projection: {@link PROJECTION_BITS} bits, eight to a byte, lowest first. */
export type Projection = Uint8Array;

/** Turns frames into projections under one secret key. */
export interface Projector {
  project(frame: Pick<LivenessFrame, 'gray' | 'landmarks'>): Projection;
}

/**
 * Signs of secret random projections of the face's fine structure (locality-sensitive hashing by random hyperplanes, Charikar
 * 2002): two pictures whose structure correlates by ρ differ in about acos(ρ)/π of the bits. Re-encoding, scaling and shifting
 * a recording hardly change them; another moment of the same person does. Without the key the bits tell nothing about the
 * picture and cannot be forged.
 * @param key {@link PROJECTION_KEY_BYTES} secret bytes, expanded from a key that is used for nothing else.
 * @throws {RangeError} on a key of another length.
 */
export function createProjector(key: Uint8Array): Projector {
  if (key.length !== PROJECTION_KEY_BYTES)
    throw new RangeError(`the projection key has ${PROJECTION_KEY_BYTES} bytes`);
  const cells = CELLS * CELLS;
  const signs = signsOf(key);
  return {
    project({ gray, landmarks }) {
      const structure = fineStructure(shrink(gray, landmarkBox(landmarks, MARGIN), CELLS, CELLS));
      const projection = new Uint8Array(PROJECTION_BITS / 8);
      for (let bit = 0, at = 0; bit < PROJECTION_BITS; bit++) {
        let sum = 0;
        for (let cell = 0; cell < cells; cell++, at++)
          sum += (signs[at] as number) * (structure[cell] as number);
        if (sum > 0) projection[bit >>> 3] = (projection[bit >>> 3] as number) | (1 << (bit & 7));
      }
      return projection;
    },
  };
}

/** Each bit as −1 or 1. */
function signsOf(bytes: Uint8Array): Int8Array {
  return Int8Array.from({ length: bytes.length * 8 }, (_, i) =>
    ((bytes[i >>> 3] as number) >>> (i & 7)) & 1 ? 1 : -1,
  );
}

function fineStructure(cells: Float32Array): Float32Array {
  return cells.map((value, i) => {
    const [column, row] = [i % CELLS, Math.floor(i / CELLS)];
    let [sum, count] = [0, 0];
    for (let y = Math.max(0, row - SURROUNDINGS); y <= Math.min(CELLS - 1, row + SURROUNDINGS); y++) {
      for (let x = Math.max(0, column - SURROUNDINGS); x <= Math.min(CELLS - 1, column + SURROUNDINGS); x++) {
        sum += cells[y * CELLS + x] as number;
        count++;
      }
    }
    return value - sum / count;
  });
}
