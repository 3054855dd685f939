import { meaningOf, type Rate, rateOf, type Reason } from '#biometrics';
import type { Counts, Tally } from './tally.js';

/** Fewer than so many captures are not told apart from none. */
export const SMALLEST_GROUP = 5;

/** A rate as it was and as it would have been; null where too few captures carry the label. */
export type ComparedRate = { readonly actual: Rate; readonly simulated: Rate } | null;

export interface Transition {
  readonly from: Reason;
  readonly to: Reason;
  readonly captures: number;
}

export interface SimulationResult {
  /** Whether every count is exact; else all are rounded down to a multiple of `smallestGroup`, and errors among labelled captures up. */
  readonly exact: boolean;
  readonly smallestGroup: number;
  readonly captures: number;
  /** Captures with another reason, and those of them with another outcome. */
  readonly changed: number;
  readonly outcomeChanged: number;
  /** Decisions older than their evidence. */
  readonly unknown: number;
  /** Every change, the most frequent first; captures that keep their reason are not listed. */
  readonly transitions: readonly Transition[];
  readonly fmr: ComparedRate;
  readonly fnmr: ComparedRate;
  readonly bpcer: ComparedRate;
  readonly apcer: readonly { readonly species: string; readonly rate: NonNullable<ComparedRate> }[];
  /** Settings that shape a capture before its decision: what they would have changed is not in these figures. */
  readonly unjudged: readonly string[];
}

/**
 * What may be told of a tally. Unless exact, counts are rounded to multiples of five: by differences of exact ones a person could be
 * found among few, and by repeating the question with other thresholds also that person's score.
 */
export function simulationResult(tally: Tally, exact: boolean): SimulationResult {
  const shown = (count: number): number => (exact ? count : count - (count % SMALLEST_GROUP));
  const rate = (counts: Counts): ComparedRate => compared(counts, exact);
  const changes = Object.entries(tally.transitions)
    .map(([key, captures]) => ({ ...splitKey(key), captures }))
    .filter(({ from, to }) => from !== to);
  const total = (some: readonly Transition[]) => some.reduce((sum, { captures }) => sum + captures, 0);
  return {
    exact,
    smallestGroup: SMALLEST_GROUP,
    captures: shown(tally.captures),
    changed: shown(total(changes)),
    outcomeChanged: shown(
      total(changes.filter(({ from, to }) => meaningOf(from).outcome !== meaningOf(to).outcome)),
    ),
    unknown: shown(tally.unknown),
    transitions: changes
      .map((each) => ({ ...each, captures: shown(each.captures) }))
      .filter(({ captures }) => captures > 0)
      .sort((a, b) => b.captures - a.captures || `${a.from}>${a.to}`.localeCompare(`${b.from}>${b.to}`)),
    fmr: rate(tally.falseMatches),
    fnmr: rate(tally.falseNonMatches),
    bpcer: rate(tally.bonaFideErrors),
    apcer: Object.entries(tally.attackErrors).flatMap(([species, counts]) => {
      const each = rate(counts);
      return each ? [{ species, rate: each }] : [];
    }),
    unjudged: tally.unjudged,
  };
}

/** Unless exact, errors are rounded up and captures down: one person more or less is not seen, and no rate is told too low. */
function compared({ n, actual, simulated }: Counts, exact: boolean): ComparedRate {
  const trials = exact ? n : n - (n % SMALLEST_GROUP);
  if (trials === 0) return null;
  const among = (errors: number): Rate =>
    rateOf(exact ? errors : Math.min(trials, Math.ceil(errors / SMALLEST_GROUP) * SMALLEST_GROUP), trials);
  return { actual: among(actual), simulated: among(simulated) };
}

function splitKey(key: string): { from: Reason; to: Reason } {
  const [from, to] = key.split('>') as [Reason, Reason];
  return { from, to };
}
