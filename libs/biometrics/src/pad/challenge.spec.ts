import { randomInt } from 'node:crypto';
import { ACTIONS, type Action, drawChallenge } from './challenge.js';

const DRAWS = 6_000;
const draw = (length: number): Action[] => drawChallenge(length, randomInt);

it.each([1, 2, 3, 4, 5, 6])('%i different actions, always with a turn', (length) => {
  for (let i = 0; i < 500; i++) {
    const actions = draw(length);
    expect(actions).toHaveLength(length);
    expect(new Set(actions).size).toBe(length);
    expect(actions.some((action) => action.startsWith('turn_'))).toBe(true);
  }
});

it.each([0, 7, 1.5, -1, Number.NaN])('a challenge of %p actions is refused', (length) => {
  expect(() => draw(length)).toThrow(RangeError);
});

/** Six standard deviations of a count out of `n` at probability `p`: about one false alarm in 10⁸ runs. */
const slack = (n: number, p: number): number => 6 * Math.sqrt(n * p * (1 - p));

it('neither side, nor a place of the turn, can be guessed', () => {
  const left = Array.from({ length: DRAWS }, () => draw(1)[0]).filter(
    (action) => action === 'turn_left',
  ).length;
  expect(Math.abs(left - DRAWS / 2)).toBeLessThan(slack(DRAWS, 0.5));
  const first = new Map<Action, number>();
  for (let i = 0; i < DRAWS; i++) {
    const [action] = draw(3) as [Action];
    first.set(action, (first.get(action) ?? 0) + 1);
  }
  // One turn is certain; the two others are two of the five actions left.
  const turn = (1 / 2 + (1 / 2) * (2 / 5)) / 3;
  const other = 2 / 5 / 3;
  for (const action of ACTIONS) {
    const p = action.startsWith('turn_') ? turn : other;
    expect(Math.abs((first.get(action) ?? 0) - DRAWS * p)).toBeLessThan(slack(DRAWS, p));
  }
});

it('takes its randomness from nowhere else', () => {
  const always = (value: number) => (n: number) => Math.min(value, n - 1);
  expect(drawChallenge(3, always(0))).toEqual(drawChallenge(3, always(0)));
  expect(drawChallenge(3, always(0))).not.toEqual(drawChallenge(3, always(9)));
});
