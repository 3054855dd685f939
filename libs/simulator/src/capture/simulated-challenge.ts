import { type Action, drawChallenge, drawFlash, FLASH_FRAMES, type FlashColour } from '#biometrics';
import { Random } from '../random.js';

/** A challenge as the server would draw it, but the same one for the same seed. */
export function simulatedChallenge(length: number, seed: number): Action[] {
  const random = new Random(seed, 'challenge');
  return drawChallenge(length, (n) => random.integer(n));
}

/** Colours as the server would draw them, but the same ones for the same seed. */
export function simulatedFlash(seed: number): FlashColour[] {
  const random = new Random(seed, 'flash');
  return drawFlash(FLASH_FRAMES, (n) => random.integer(n));
}
