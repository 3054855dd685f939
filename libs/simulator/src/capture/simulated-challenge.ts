import { type Action, drawChallenge } from '#biometrics';
import { Random } from '../random.js';

/** A challenge as the server would draw it, but the same one for the same seed. */
export function simulatedChallenge(length: number, seed: number): Action[] {
  const random = new Random(seed, 'challenge');
  return drawChallenge(length, (n) => random.integer(n));
}
