import { type Backlog, estimateSeconds } from './backlog-estimate.js';

const NOW = 1_000;
const idle: Backlog = { now: NOW, ahead: 0, oldestSubmittedAt: null, recent: [] };

/** Decisions of a fleet that is never idle: submitted all at once long ago, one decided every `everySeconds`. */
const underLoad = (everySeconds: number, count = 10): Backlog['recent'] =>
  Array.from({ length: count }, (_, index) => ({
    submittedAt: NOW - 500,
    decidedAt: NOW - index * everySeconds,
  }));

/** Captures that came one by one to a fleet at rest and took `seconds` each. */
const atRest = (seconds: number, count = 10): Backlog['recent'] =>
  Array.from({ length: count }, (_, index) => ({
    submittedAt: NOW - 60 * (index + 1),
    decidedAt: NOW - 60 * (index + 1) + seconds,
  }));

it('says what a decision took when nobody waits', () => {
  expect(estimateSeconds({ ...idle, recent: atRest(0.6) })).toBeCloseTo(0.6);
});

it('adds one span for each capture ahead', () => {
  const recent = atRest(0.6);
  expect(estimateSeconds({ ...idle, ahead: 9, recent })).toBeCloseTo(6);
});

it('counts throughput, not turnaround, when the fleet is busy: waiting in line is no work', () => {
  const recent = underLoad(0.25);
  expect(estimateSeconds({ ...idle, ahead: 99, recent })).toBeGreaterThanOrEqual(25);
  const turnaround = 500;
  expect(estimateSeconds({ ...idle, ahead: 2_999, recent })).toBeCloseTo(3_000 * 0.25);
  expect(estimateSeconds({ ...idle, ahead: 2_999, recent })).toBeLessThan(3_000 * turnaround);
});

it('sees workers that share the load as one that is quicker', () => {
  // Four workers, 2 s each, finish in bursts of four.
  const recent = Array.from({ length: 16 }, (_, index) => ({
    submittedAt: NOW - 400,
    decidedAt: NOW - 2 * Math.floor(index / 4),
  }));
  expect(estimateSeconds({ ...idle, ahead: 999, recent })).toBeCloseTo(1_000 * (6 / 15), 0);
});

it('is never quicker than the quickest decision', () => {
  const recent = [
    { submittedAt: NOW - 3, decidedAt: NOW - 1.01 },
    { submittedAt: NOW - 3, decidedAt: NOW - 1 },
  ];
  expect(estimateSeconds({ ...idle, recent })).toBeCloseTo(1.99);
});

it('grows while a backlog stands still', () => {
  const recent = atRest(0.5);
  const waiting = (seconds: number) =>
    estimateSeconds({ ...idle, ahead: 3, recent, oldestSubmittedAt: NOW - seconds });
  expect(waiting(0.4)).toBeCloseTo(2);
  expect(waiting(30)).toBeGreaterThan(waiting(10));
  expect(waiting(10)).toBeGreaterThan(waiting(0.4));
});

it('has an answer before the first decision, and for clocks that disagree', () => {
  expect(estimateSeconds(idle)).toBe(1);
  expect(estimateSeconds({ ...idle, ahead: 4 })).toBe(5);
  expect(estimateSeconds({ ...idle, oldestSubmittedAt: NOW - 20 })).toBe(20);
  const backwards = [{ submittedAt: NOW, decidedAt: NOW - 2 }];
  expect(estimateSeconds({ ...idle, recent: backwards })).toBe(0);
});
