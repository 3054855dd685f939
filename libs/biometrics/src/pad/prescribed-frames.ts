import { type Action } from './challenge.js';
import { type FlashColour } from './flash/sequence.js';

/**
 * The action a frame must show, by its index alone: frame 0 is neutral, the others form one run of nearly equal length per
 * action, in the order asked. The client's clock plays no part, so a client can gain nothing by lying about time.
 * @param index 0 … `frameCount` − 1
 * @returns `null` for the neutral frame.
 * @throws {RangeError} when there is no action or no frame left for one of them.
 */
export function prescribedAction(
  index: number,
  frameCount: number,
  actions: readonly Action[],
): Action | null {
  const moving = frameCount - 1;
  if (actions.length === 0 || moving < actions.length)
    throw new RangeError('every action of a challenge needs a frame');
  if (!Number.isInteger(index) || index < 0 || index > moving)
    throw new RangeError('a frame index lies inside the capture');
  if (index === 0) return null;
  return actions[Math.floor(((index - 1) * actions.length) / moving)] ?? null;
}

/** What one frame of a capture has to show. */
export interface FrameSlot {
  /** `null`: look straight ahead, at ease. */
  readonly action: Action | null;
  /** What the screen shows while the frame is taken; `null` without a flash. */
  readonly colour: FlashColour | null;
}

/** Every frame's part in a challenge, in order. @param colours one a frame, or none */
export function prescribedSlots(
  frameCount: number,
  actions: readonly Action[],
  colours: readonly FlashColour[] | null,
): FrameSlot[] {
  return Array.from({ length: frameCount }, (_, index) => ({
    action: prescribedAction(index, frameCount, actions),
    colour: colours?.[index] ?? null,
  }));
}

/** The indices of the frames that must show the action at `place` in the challenge, rising; the inverse of {@link prescribedAction}. */
export function framesPrescribedFor(place: number, frameCount: number, actions: readonly Action[]): number[] {
  const moving = frameCount - 1;
  return Array.from({ length: Math.max(0, moving) }, (_, i) => i + 1).filter(
    (index) => Math.floor(((index - 1) * actions.length) / moving) === place,
  );
}
