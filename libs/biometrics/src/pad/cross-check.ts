import { type HeadPose } from '../geometry/pose.js';
import { turnedAway } from './frames.js';

/** Every action has a run of frames, and every run has a frame that is looked at. */
const PARTS = 3;

/**
 * Which frames' templates are made besides those the capture's template consists of, so that a face exchanged within it shows: in each
 * third after the first frame, the one that looks most straight at the camera. Turned faces compare worse, whoever they are.
 * @param frames those with a face of sufficient quality, by rising `index`
 * @param chosen indices of the template's own frames
 * @param frameCount how many frames were submitted
 * @returns at most three indices, rising; none of them chosen already
 */
export function crossCheckedFrames(
  frames: readonly { readonly index: number; readonly pose: HeadPose }[],
  chosen: readonly number[],
  frameCount: number,
): number[] {
  const moving = Math.max(1, frameCount - 1);
  const others = frames.filter(({ index }) => index > 0 && !chosen.includes(index));
  return Array.from({ length: PARTS }, (_, part) =>
    others
      .filter(({ index }) => Math.min(PARTS - 1, Math.floor(((index - 1) * PARTS) / moving)) === part)
      .reduce<(typeof others)[number] | null>(
        (best, frame) => (!best || turnedAway(frame.pose) < turnedAway(best.pose) ? frame : best),
        null,
      ),
  ).flatMap((frame) => frame?.index ?? []);
}
