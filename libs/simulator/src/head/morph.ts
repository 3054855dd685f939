import { type RgbImage } from '#biometrics';
import { type MakeUp } from './make-up.js';

/** How a synthetic person differs from the one in the portrait: factors, 1 changes nothing; shifts in millimetres. */
export interface Morph {
  /** Width of the face at jaw and cheekbones. */
  readonly jawWidth: number;
  readonly cheekWidth: number;
  /** Length of the face below the nose, and of the forehead. */
  readonly chinLength: number;
  readonly foreheadLength: number;
  readonly noseWidth: number;
  readonly noseLength: number;
  readonly eyeDistance: number;
  readonly eyeSize: number;
  readonly mouthWidth: number;
  readonly lipHeight: number;
  /** Brows up, in millimetres. */
  readonly browShift: number;
  /** Relief of the face. */
  readonly depth: number;
  /** Factors on red, green and blue. */
  readonly tone: readonly [number, number, number];
  readonly makeUp?: MakeUp;
}

export const NO_MORPH: Morph = {
  jawWidth: 1,
  cheekWidth: 1,
  chinLength: 1,
  foreheadLength: 1,
  noseWidth: 1,
  noseLength: 1,
  eyeDistance: 1,
  eyeSize: 1,
  mouthWidth: 1,
  lipHeight: 1,
  browShift: 0,
  depth: 1,
  tone: [1, 1, 1],
};

/** Smooth rise from 0 at `low` to 1 at `high`. */
function rise(value: number, low: number, high: number): number {
  const t = Math.min(1, Math.max(0, (value - low) / (high - low)));
  return t * t * (3 - 2 * t);
}

const near = (d: number, radius: number): number => Math.exp((-d * d) / (2 * radius * radius));

/**
 * Moves the vertices of a head by smooth fields, each around one part of the face.
 * @param positions (x, y, z) in millimetres, straight ahead, midpoint of the eyes at the origin.
 */
export function morphed(positions: Float32Array, morph: Morph): Float32Array {
  const out = new Float32Array(positions.length);
  for (let i = 0; i < positions.length; i += 3) {
    const x = positions[i] as number;
    const y = positions[i + 1] as number;
    const z = positions[i + 2] as number;
    // Only the front changes, so that the skull stays closed.
    const face = 1 - rise(z, 40, 110);
    const jaw = rise(y, 20, 75);
    const cheek = near(y - 25, 28) * rise(Math.abs(x), 20, 50);
    const nose = near(x, 15) * near(y - 35, 18);
    const mouth = near(x, 30) * near(y - 72, 13);
    const eye = near(Math.abs(x) - 31.5, 17) * near(y, 13);
    const brow = near(Math.abs(x) - 33, 22) * near(y + 20, 8);
    let dx = x * ((morph.jawWidth - 1) * jaw + (morph.cheekWidth - 1) * cheek * (1 - jaw));
    let dy = (y - 50) * (morph.chinLength - 1) * rise(y, 50, 80);
    dy += (y + 20) * (morph.foreheadLength - 1) * rise(-y, 20, 50);
    dx += x * (morph.noseWidth - 1) * nose;
    dy += 28 * (morph.noseLength - 1) * near(x, 22) * rise(y, 5, 45) * (1 - rise(y, 60, 80));
    dx += x * (morph.eyeDistance - 1) * Math.max(eye, 0.9 * brow);
    dy += y * (morph.eyeSize - 1) * eye;
    dx += (x - Math.sign(x) * 31.5) * (morph.eyeSize - 1) * eye;
    dx += x * (morph.mouthWidth - 1) * mouth;
    dy += (y - 72) * (morph.lipHeight - 1) * mouth;
    dy -= morph.browShift * brow;
    out[i] = x + face * dx;
    out[i + 1] = y + face * dy;
    out[i + 2] = z + face * (z - 40) * (morph.depth - 1) * (1 - rise(z, 20, 60));
  }
  return out;
}

/** The portrait with another skin and hair tone. */
export function toned({ width, height, data }: RgbImage, { tone }: Morph): RgbImage {
  const tinted = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) tinted[i] = Math.min(255, (data[i] as number) * (tone[i % 3] ?? 1));
  return { width, height, data: tinted };
}
