import { nextDelay } from './retry-schedule.js';

const SCHEDULE = [5_000, 300_000, 1_800_000];
const middle = () => 0.5;

it('follows the schedule and then gives up', () => {
  expect([1, 2, 3, 4].map((tries) => nextDelay(SCHEDULE, tries, null, middle))).toEqual([...SCHEDULE, null]);
});

it('moves each pause by a tenth at most, either way', () => {
  expect(nextDelay(SCHEDULE, 1, null, () => 0)).toBe(4_500);
  expect(nextDelay(SCHEDULE, 1, null, () => 0.9999999)).toBeCloseTo(5_500, -1);
});

it('waits longer when asked to, a day at most, and never shorter', () => {
  expect(nextDelay(SCHEDULE, 1, 60_000, middle)).toBe(60_000);
  expect(nextDelay(SCHEDULE, 2, 60_000, middle)).toBe(300_000);
  expect(nextDelay(SCHEDULE, 1, 10 * 86_400_000, middle)).toBe(86_400_000);
  expect(nextDelay(SCHEDULE, 4, 60_000, middle)).toBeNull();
});
