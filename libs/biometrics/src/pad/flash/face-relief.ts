import { canonicalFace } from '../../geometry/canonical-face.js';
import { SKIN_POINTS } from '../flow/skin-points.js';

/** Millimetres from the middle of the face beyond which a point is on its side, and within which it is in its centre. */
const [SIDE, CENTRE] = [42, 18];
/** Columns: right, middle, left; rows: above and below the lower lids. */
const [COLUMN, ROW] = [24, 14];

/** Where each skin point lies on the canonical face. */
export interface SkinPlace {
  /** 0 … 5. */
  readonly sector: number;
  readonly isSide: boolean;
  readonly isCentre: boolean;
}

export const SECTORS = 6;

const face = canonicalFace();

export const SKIN_PLACES: readonly SkinPlace[] = SKIN_POINTS.map((index) => {
  const [x, y] = [face[3 * index] as number, face[3 * index + 1] as number];
  const column = x < -COLUMN ? 0 : x > COLUMN ? 2 : 1;
  return { sector: column + (y > ROW ? 3 : 0), isSide: Math.abs(x) > SIDE, isCentre: Math.abs(x) < CENTRE };
});
