import { type Action } from './challenge.js';
import { measureCues } from './cues/index.js';
import { type ColourFrame, measureFlash } from './flash/measure-flash.js';
import { measureFlow } from './flow/flow.js';
import { measureForeshortening } from './foreshortening.js';
import { type LivenessFrame, type LivenessFrames } from './frames.js';
import { measureActions } from './performance.js';
import { measurePlanarity } from './planarity.js';
import { type LivenessSignals } from './signals.js';
import { measureStillness } from './stillness.js';

/**
 * Measures all that frames and landmarks of one capture tell. The signals that need templates or earlier captures stay
 * `null`; whoever has those adds them before judging..
 * @param colours what the screen showed at each of all frames, where the challenge had a flash; then frames bring their colours. A
 *   capture with more or fewer frames than colours does not say which frame shows which, so nothing is read into it.
 */
export function measureLiveness(
  capture: LivenessFrames,
  actions: readonly Action[],
  colours: readonly string[] | null = null,
): LivenessSignals {
  const { frames, frameCount } = capture;
  return {
    stillness: measureStillness(frames),
    actions: measureActions(capture, actions),
    ...measureFlow(frames),
    lrA: measurePlanarity(frames),
    fore: measureForeshortening(frames),
    consistency: null,
    groupConsistency: null,
    nearDuplicates: null,
    trajectoryDistance: null,
    flash: colours && frameCount === colours.length ? measureFlash(coloured(frames), colours) : null,
    cues: measureCues(frames),
  };
}

function coloured(frames: readonly LivenessFrame[]): ColourFrame[] {
  return frames.flatMap(({ index, colours }) => (colours ? [{ index, sample: colours }] : []));
}
