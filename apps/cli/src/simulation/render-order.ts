import type { InferencePool } from '#inference';
import { resubmit, type SimulatedCapture, simulateAttack, simulateLive } from '#simulator';
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

const howAgain = (seed: number) =>
  (['same_bytes', 're_encoded', 're_cropped'] as const)[((seed % 3) + 3) % 3] ?? 'same_bytes';
