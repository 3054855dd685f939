export const CAPTURE_STATES = [
  'created',
  'started',
  'submitted',
  'processing',
  'decided',
  'expired',
  'cancelled',
] as const;
export type CaptureState = (typeof CAPTURE_STATES)[number];

/** The whole state machine of a capture: from each state, the states it may move to. */
export const TRANSITIONS: Readonly<Record<CaptureState, readonly CaptureState[]>> = {
  created: ['started', 'expired', 'cancelled'],
  started: ['submitted', 'expired', 'cancelled'],
  submitted: ['processing', 'cancelled'],
  processing: ['decided', 'cancelled'],
  decided: [],
  expired: [],
  cancelled: [],
};

/** The states from which `to` may be reached: the guard of the UPDATE that moves a capture there. */
export function sourcesOf(to: CaptureState): CaptureState[] {
  return CAPTURE_STATES.filter((from) => TRANSITIONS[from].includes(to));
}

/** In a state that no transition leaves. */
export function isEnded(state: CaptureState): boolean {
  return TRANSITIONS[state].length === 0;
}

/** In the hands of the pipeline: submitted and not yet ended. */
export function isInFlight(state: CaptureState): boolean {
  return state === 'submitted' || state === 'processing';
}
