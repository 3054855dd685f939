import { LANDMARK_COUNT } from '#biometrics';
import { bump } from '../head/expression.js';
import { type HeadMesh } from '../head/head-mesh.js';
import { type Random } from '../random.js';
import { sway } from './sway.js';

/** Places on cheeks, mouth, chin and forehead that small muscles move. */
const CENTRES = [50, 280, 205, 425, 61, 291, 17, 0, 199, 9, 67, 297, 1];

/** Small, smooth, non-rigid motions of a live face at a time: 478 × (x, y, z) in mm, each place by about 0.4 mm. */
export function restlessness(head: HeadMesh, random: Random): (tMs: number) => Float32Array {
  const places = CENTRES.map((centre) => ({
    centre,
    axes: [sway(random, 0.25), sway(random, 0.25), sway(random, 0.15)] as const,
  }));
  return (tMs) => {
    const shift = new Float32Array(3 * LANDMARK_COUNT);
    for (const { centre, axes } of places)
      bump(head.positions, shift, centre, 14, [axes[0](tMs), axes[1](tMs), axes[2](tMs)]);
    return shift;
  };
}
