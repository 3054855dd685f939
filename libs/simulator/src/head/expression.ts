import { LANDMARK_COUNT } from '#biometrics';
import { type HeadMesh } from './head-mesh.js';
import { EYES, INNER_LIPS, MOUTH_CORNERS } from './landmark-groups.js';

/** What a face does, besides being turned. */
export interface Expression {
  /** 0 (eyes as in the portrait) … 1 (shut). */
  readonly blink: number;
  /** 0 (mouth as in the portrait) … 1 (jaw dropped by 15°). */
  readonly mouth: number;
  /** −1 (corners of the mouth down) … 1 (up and out by 3 mm). */
  readonly smile: number;
  /** Brows up (1 = 2.5 mm). */
  readonly brows: number;
}

export const NEUTRAL: Expression = { blink: 0, mouth: 0, smile: 0, brows: 0 };

const DEGREES = Math.PI / 180;
/** The jaw's hinge, before the ears: y and z in millimetres from the midpoint of the eyes. */
const HINGE = { y: 22, z: 68 };
const JAW_DEGREES = 15;

/** The vertices of a head that shows an expression; the head itself is left as it is. */
export function expressed(head: HeadMesh, expression: Expression): Float32Array {
  const rest = head.positions;
  const moved = Float32Array.from(rest);
  moveSoftly(rest, moved, expression);
  dropJaw(rest, moved, expression.mouth);
  shutEyes(moved, expression.blink);
  for (const { vertex, of, shift, still } of head.copies)
    shift.forEach(
      (value, axis) => (moved[3 * vertex + axis] = ((still ? rest : moved)[3 * of + axis] as number) + value),
    );
  for (const { vertex, of, slack } of head.shell) {
    for (let axis = 0; axis < 3; axis++) {
      const shift = (moved[3 * of + axis] as number) - (rest[3 * of + axis] as number);
      moved[3 * vertex + axis] = (moved[3 * vertex + axis] as number) + (1 - slack) * shift;
    }
  }
  return moved;
}

function moveSoftly(rest: Float32Array, moved: Float32Array, { smile, brows }: Expression): void {
  for (const corner of MOUTH_CORNERS) {
    const side = Math.sign(rest[3 * corner] as number);
    bump(rest, moved, corner, 16, [1.6 * side * smile, -2.4 * smile, 0.8 * smile]);
  }
  for (const brow of [105, 334]) bump(rest, moved, brow, 14, [0, -2.5 * brows, 0]);
}

/** Adds a shift that fades with the distance from a landmark as a Gaussian does. */
export function bump(
  rest: Float32Array,
  moved: Float32Array,
  centre: number,
  radius: number,
  shift: readonly [number, number, number],
): void {
  const at = (i: number, axis: number): number => rest[3 * i + axis] as number;
  for (let i = 0; i < LANDMARK_COUNT; i++) {
    const square =
      (at(i, 0) - at(centre, 0)) ** 2 + (at(i, 1) - at(centre, 1)) ** 2 + (at(i, 2) - at(centre, 2)) ** 2;
    const weight = Math.exp(-square / (2 * radius * radius));
    shift.forEach((value, axis) => (moved[3 * i + axis] = (moved[3 * i + axis] as number) + weight * value));
  }
}

function dropJaw(rest: Float32Array, moved: Float32Array, mouth: number): void {
  if (mouth === 0) return;
  const [cos, sin] = [Math.cos(mouth * JAW_DEGREES * DEGREES), Math.sin(mouth * JAW_DEGREES * DEGREES)];
  const weights = jawWeights(rest);
  for (let i = 0; i < LANDMARK_COUNT; i++) {
    const weight = weights[i] as number;
    const y = (rest[3 * i + 1] as number) - HINGE.y;
    const z = (rest[3 * i + 2] as number) - HINGE.z;
    // What lies before the hinge (z < 0) moves down, what lies below it moves back.
    moved[3 * i + 1] = (moved[3 * i + 1] as number) + weight * (cos * y - sin * z - y);
    moved[3 * i + 2] = (moved[3 * i + 2] as number) + weight * (sin * y + cos * z - z);
  }
}

/** How far each landmark goes with the jaw: 0 for all above the mouth, 1 for lower lip and chin, blended at the corners. */
function jawWeights(rest: Float32Array): Float32Array {
  const [right, left] = MOUTH_CORNERS;
  const mouthY = ((rest[3 * right + 1] as number) + (rest[3 * left + 1] as number)) / 2;
  const centreX = ((rest[3 * right] as number) + (rest[3 * left] as number)) / 2;
  const half = Math.abs((rest[3 * left] as number) - (rest[3 * right] as number)) / 2;
  const lateral = (i: number): number => Math.abs((rest[3 * i] as number) - centreX) / half;
  const weights = new Float32Array(LANDMARK_COUNT);
  for (let i = 0; i < LANDMARK_COUNT; i++) {
    const below = (rest[3 * i + 1] as number) - mouthY;
    const length = 4 + 22 * Math.max(0, Math.min(1, lateral(i) - 0.6));
    const t = Math.min(1, Math.max(0, (below + 0.15 * length) / length));
    weights[i] = t * t * (3 - 2 * t);
  }
  const arc = (indices: readonly number[], weight: (side: number) => number): void =>
    indices.forEach((i) => (weights[i] = weight(Math.min(1, lateral(i)))));
  arc([...INNER_LIPS.upper, 185, 40, 39, 37, 0, 267, 269, 270, 409], (side) => 0.35 * side ** 6);
  arc(
    [184, 74, 73, 72, 11, 302, 303, 304, 408, 183, 42, 41, 38, 12, 268, 271, 272, 407],
    (side) => 0.35 * side ** 6,
  );
  arc([...INNER_LIPS.lower, 146, 91, 181, 84, 17, 314, 405, 321, 375], (side) => 1 - 0.65 * side ** 4);
  arc(
    [77, 90, 180, 85, 16, 315, 404, 320, 307, 96, 89, 179, 86, 15, 316, 403, 319, 325],
    (side) => 1 - 0.65 * side ** 4,
  );
  arc([61, 291, 76, 306, 62, 292, 78, 308], () => 0.35);
  return weights;
}

/** The upper lid slides over the eye, its crease follows half-way, the lower lid rises a little. */
function shutEyes(moved: Float32Array, blink: number): void {
  if (blink === 0) return;
  for (const { upper, lower, crease } of EYES) {
    upper.forEach((lid, i) => {
      const under = lower[i] ?? lid;
      const fold = crease[i] ?? lid;
      for (let axis = 0; axis < 3; axis++) {
        const gap = (moved[3 * under + axis] as number) - (moved[3 * lid + axis] as number);
        const bulge = axis === 2 ? -1.4 * Math.sin(blink * Math.PI * 0.5) : 0;
        moved[3 * lid + axis] = (moved[3 * lid + axis] as number) + blink * 0.93 * gap + bulge;
        moved[3 * fold + axis] = (moved[3 * fold + axis] as number) + blink * 0.35 * gap;
        moved[3 * under + axis] = (moved[3 * under + axis] as number) - blink * 0.07 * gap + 0.6 * bulge;
      }
    });
  }
}
