import { type LandmarkFrame } from '../geometry/landmark-frame.js';
import { mouthAspectRatio } from '../pad/expression.js';

/** Half of what counts as opening the mouth on request. */
const OPENING = 0.1;

/** The frames whose mouth is about as closed as it gets in this capture: a jaw that drops is not the shape of the face. */
export function neutralFrames(frames: readonly LandmarkFrame[]): LandmarkFrame[] {
  const openings = frames.map(({ landmarks }) => mouthAspectRatio(landmarks));
  const closed = Math.min(...openings);
  return frames.filter((_, f) => (openings[f] ?? Infinity) <= closed + OPENING);
}
