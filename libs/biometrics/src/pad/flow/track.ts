import { interOcularDistance, landmarkAt } from '../../geometry/landmarks.js';
import { type LivenessFrame } from '../frames.js';
import { nearestLandmarks, predictMotion } from './local-affine.js';
import { findPatch, type Patch, preparePatch } from './lucas-kanade.js';
import { SKIN_POINTS } from './skin-points.js';
import { textureAt } from './texture.js';
import { type Tracks } from './warps.js';

/** Half a patch's side, in inter-ocular distances. */
const PATCH_RADIUS = 0.11;
const POINTS = 90;
const NEIGHBOURS = 14;
const LEAST_CORRELATION = 0.85;
/** How far, in inter-ocular distances, the picture may disagree with the landmarks. */
const REACH = 0.12;

/** A textured landmark of the reference frame and what is needed to follow it. */
export interface Anchor {
  readonly index: number;
  readonly neighbours: readonly number[];
  readonly patch: Patch;
}

/** The best textured skin landmarks of a frame, at most 90, most textured first. */
export function chooseAnchors({ gray, landmarks }: LivenessFrame): Anchor[] {
  const radius = Math.max(3, Math.round(PATCH_RADIUS * interOcularDistance(landmarks)));
  return SKIN_POINTS.map((index) => ({
    index,
    texture: textureAt(gray, landmarkAt(landmarks, index), radius),
  }))
    .sort((a, b) => b.texture - a.texture || a.index - b.index)
    .slice(0, POINTS)
    .flatMap(({ index, texture }) => {
      const patch = texture > 0 ? preparePatch(gray, landmarkAt(landmarks, index), radius) : null;
      return patch ? [{ index, neighbours: nearestLandmarks(landmarks, index, NEIGHBOURS), patch }] : [];
    });
}

/**
 * Follows the anchors of the reference frame into another one; those that are not found again with certainty are left out.
 * @returns points of `frame` (`from`) and of `reference` (`to`), in pixels of each.
 */
export function track(reference: LivenessFrame, anchors: readonly Anchor[], frame: LivenessFrame): Tracks {
  const reach = REACH * interOcularDistance(reference.landmarks);
  const [from, to]: [number[], number[]] = [[], []];
  for (const { index, neighbours, patch } of anchors) {
    const predicted = predictMotion(reference.landmarks, frame.landmarks, index, neighbours);
    const found = predicted && findPatch(patch, frame.gray, predicted, reach);
    if (!found || found.correlation < LEAST_CORRELATION) continue;
    from.push(found.x, found.y);
    to.push(patch.centre.x, patch.centre.y);
  }
  return { from: Float64Array.from(from), to: Float64Array.from(to) };
}
