import {
  CAPTURE_STATES,
  type CaptureState,
  isEnded,
  isInFlight,
  sourcesOf,
  TRANSITIONS,
} from './capture.state.js';

/** Written out once more: the guard of every UPDATE comes from this table. */
const SOURCES: Record<CaptureState, CaptureState[]> = {
  created: [],
  started: ['created'],
  submitted: ['started'],
  processing: ['submitted'],
  decided: ['processing'],
  expired: ['created', 'started'],
  cancelled: ['created', 'started', 'submitted', 'processing'],
};

it.each(CAPTURE_STATES)('%s is reached from the states of the design and no others', (to) => {
  expect(sourcesOf(to)).toEqual(SOURCES[to]);
});

it('what has ended stays so', () => {
  const ended = CAPTURE_STATES.filter(isEnded);
  expect(ended).toEqual(['decided', 'expired', 'cancelled']);
});

it('no way leads back', () => {
  const reach = (from: CaptureState): CaptureState[] =>
    TRANSITIONS[from].flatMap((next) => [next, ...reach(next)]);
  for (const state of CAPTURE_STATES) expect(reach(state)).not.toContain(state);
});

it('in flight is what the pipeline holds', () => {
  expect(CAPTURE_STATES.filter(isInFlight)).toEqual(['submitted', 'processing']);
});
