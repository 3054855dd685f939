import { type Action } from './challenge.js';
import { measureFlow } from './flow/flow.js';
import { measureForeshortening } from './foreshortening.js';
import { type LivenessFrames } from './frames.js';
import { measureActions } from './performance.js';
import { measurePlanarity } from './planarity.js';
import { type LivenessSignals } from './signals.js';
import { measureStillness } from './stillness.js';

/**
 * Measures all that frames and landmarks of one capture tell. The two signals that need templates or earlier captures stay
 * `null`; whoever has those adds them before judging. About 60 ms for eight frames of 640 × 480 on one core.
 */
export function measureLiveness(capture: LivenessFrames, actions: readonly Action[]): LivenessSignals {
  const { frames } = capture;
  return {
    stillness: measureStillness(frames),
    actions: measureActions(capture, actions),
    ...measureFlow(frames),
    lrA: measurePlanarity(frames),
    fore: measureForeshortening(frames),
    consistency: null,
    nearDuplicates: null,
  };
}
