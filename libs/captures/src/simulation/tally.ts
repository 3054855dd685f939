import type { CaptureLabel } from '../label-capture.js';
import type { Judgement } from './decide-again.js';

/** Events among trials, as they were and as they would have been. */
export interface Counts {
  readonly n: number;
  readonly actual: number;
  readonly simulated: number;
}

/** What a simulation has counted so far; JSON, so that another worker can go on with it. */
export interface Tally {
  readonly captures: number;
  /** Decisions older than their evidence, of which nothing can be said. */
  readonly unknown: number;
  /** `from>to` → captures. */
  readonly transitions: Readonly<Record<string, number>>;
  readonly falseMatches: Counts;
  readonly falseNonMatches: Counts;
  /** Bona fide presentations that were not taken for such. */
  readonly bonaFideErrors: Counts;
  /** Attacks that were taken for bona fide presentations, by species. */
  readonly attackErrors: Readonly<Record<string, Counts>>;
  /** Settings that shape a capture before its decision and were others when the captures were made. */
  readonly unjudged: readonly string[];
}

const NOTHING: Counts = { n: 0, actual: 0, simulated: 0 };
/** Of attacks whose species nobody named. */
export const UNKNOWN_SPECIES = 'unknown';

export const EMPTY_TALLY: Tally = {
  captures: 0,
  unknown: 0,
  transitions: {},
  falseMatches: NOTHING,
  falseNonMatches: NOTHING,
  bonaFideErrors: NOTHING,
  attackErrors: {},
  unjudged: [],
};

export interface Counted {
  readonly actual: Judgement;
  readonly simulated: Judgement;
  readonly label: CaptureLabel | null;
  readonly species: string | null;
}

export function countUnknown(tally: Tally): Tally {
  return { ...tally, captures: tally.captures + 1, unknown: tally.unknown + 1 };
}

export function count(tally: Tally, { actual, simulated, label, species }: Counted): Tally {
  const transition = `${actual.reason}>${simulated.reason}`;
  const next = {
    ...tally,
    captures: tally.captures + 1,
    transitions: { ...tally.transitions, [transition]: (tally.transitions[transition] ?? 0) + 1 },
  };
  const trial = (counts: Counts, event: (judgement: Judgement) => boolean): Counts => ({
    n: counts.n + 1,
    actual: counts.actual + Number(event(actual)),
    simulated: counts.simulated + Number(event(simulated)),
  });
  if (label === null) return next;
  if (label === 'attack') {
    const kind = species ?? UNKNOWN_SPECIES;
    const before = Object.hasOwn(tally.attackErrors, kind) ? tally.attackErrors[kind] : undefined;
    const errors = trial(before ?? NOTHING, ({ bonaFide }) => bonaFide);
    return { ...next, attackErrors: { ...tally.attackErrors, [kind]: errors } };
  }
  const bonaFideErrors = trial(tally.bonaFideErrors, ({ bonaFide }) => !bonaFide);
  switch (label) {
    case 'mated':
      return {
        ...next,
        bonaFideErrors,
        falseNonMatches: trial(tally.falseNonMatches, ({ match }) => match === false),
      };
    case 'non_mated':
      return {
        ...next,
        bonaFideErrors,
        falseMatches: trial(tally.falseMatches, ({ match }) => match === true),
      };
    case 'bona_fide':
      return { ...next, bonaFideErrors };
  }
}
