import { MIRROR, TRIANGLES } from './canonical-face-topology.data.js';
import { POSITIONS_MM } from './canonical-face.data.js';
import { type MirrorPair } from './mean-shape.js';

/** Distance between the eye centres of the canonical face, in millimetres: an assumed mean of adults, not a measurement. */
export const CANONICAL_IPD_MM = 63;

/**
 * The canonical face: 478 × (x, y, z) in millimetres, x to the image's right, y down, z away from the camera; midpoint of
 * the eyes at the origin, symmetric, pose zero by {@link estimatePose}. Procrustes mean (Gower 1975) of the landmark
 * network's output over redistributable portraits; `models/scripts/canonical-face.mjs` makes it.
 */
export function canonicalFace(): Float32Array {
  return Float32Array.from(POSITIONS_MM);
}

/**
 * The face surface as triangles of landmark indices, three by three, clockwise as the camera sees them (y down): 852 of the
 * landmark network's tessellation, then 46 that close eyes and mouth.
 */
export const FACE_TRIANGLES: readonly number[] = TRIANGLES;

/** How many of {@link FACE_TRIANGLES} are skin; the rest close eyes and mouth. */
export const SKIN_TRIANGLE_COUNT = 852;

/** Every landmark with its mirror image; those on the mid-line are their own. */
export const LANDMARK_MIRROR_PAIRS: readonly MirrorPair[] = Array.from(
  { length: MIRROR.length / 2 },
  (_, i) => [MIRROR[2 * i] ?? 0, MIRROR[2 * i + 1] ?? 0],
);
