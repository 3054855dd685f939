export const ACTIONS = ['turn_left', 'turn_right', 'nod', 'blink', 'open_mouth', 'move_closer'] as const;
export type Action = (typeof ACTIONS)[number];

const TURNS = ['turn_left', 'turn_right'] as const satisfies readonly Action[];

/**
 * Draws the actions of a challenge: different ones, at least one turn (parallax needs it), in random order.
 * @param length how many actions, 1…6
 * @param randomInt uniform integer in 0…n−1, from a cryptographic source
 */
export function drawChallenge(length: number, randomInt: (n: number) => number): Action[] {
  if (!Number.isInteger(length) || length < 1 || length > ACTIONS.length)
    throw new RangeError('A challenge has 1 to 6 actions');
  const turn = pick(TURNS, randomInt);
  const rest: Action[] = ACTIONS.filter((action) => action !== turn);
  const chosen: Action[] = [turn];
  while (chosen.length < length) chosen.push(...rest.splice(randomInt(rest.length), 1));
  for (let i = chosen.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [chosen[i], chosen[j]] = [chosen[j] as Action, chosen[i] as Action];
  }
  return chosen;
}

function pick<T>(from: readonly T[], randomInt: (n: number) => number): T {
  return from[randomInt(from.length)] as T;
}
