import type { InferencePool } from '#inference';
import {
  resubmit,
  RESUBMISSIONS,
  type Resubmission,
  type SimulatedCapture,
  simulateAttack,
  simulateLive,
} from '#simulator';
import { doubleOf } from './cast.js';
import type { Order } from './orders.js';

const DEADLINE_MS = 60_000;

/** Renders one order; the networks find the face in the photograph that a rendered head is made of. */
export async function renderOrder(
  inference: InferencePool,
  { member: { subject }, other, kind, options }: Order,
): Promise<SimulatedCapture> {
  switch (kind) {
    case 'live':
      return simulateLive(subject, options);
    case 'resubmission':
      return resubmit(await simulateLive(subject, options), howAgain(options.seed));
    case 'rendered_head': {
      const double = await doubleOf(inference, subject, { seed: options.seed, deadlineMs: DEADLINE_MS });
      return simulateAttack(kind, double, options);
    }
    default:
      return simulateAttack(kind, subject, { ...options, attacker: other.subject });
  }
}

/** Each way in turn; the seed of a first run may be negative. */
const howAgain = (seed: number): Resubmission => {
  const ways = RESUBMISSIONS.length;
  return RESUBMISSIONS[((seed % ways) + ways) % ways] ?? 'same_bytes';
};
